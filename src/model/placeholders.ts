/** Writes a text so that documents give it back as it is: in them `${` opens a variable, and `$${` is `${` itself. */
export function escapePlaceholders(text: string): string {
  return text.replaceAll('${', () => '$${');
}
