/**
 * The part of a path below the project, with forward slashes, that keeps it out of documents: names that begin with
 * a dot (`.git`, `.github`, `.assistantctl`, `.npmrc`, `.env`, …) and `node_modules`. What lies there holds
 * credentials, or is run. Systems that ignore case, and trailing dots and spaces, must not open a way around.
 */
export function privatePart(path: string): string | undefined {
  return path.split('/').find((part) => {
    const name = part.replace(/[. ]+$/, '').toLowerCase();
    return (
      (name.startsWith('.') && part !== '.' && part !== '..') || name === 'node_modules' || name === 'git~1'
    );
  });
}
