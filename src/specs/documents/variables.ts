export interface VariableProblem {
  readonly code: 'VARIABLE_UNKNOWN' | 'VARIABLE_INVALID';
  /** As written, for example `${var.brand}`. */
  readonly written: string;
  readonly name: string;
  readonly offset: number;
}

export interface Interpolated {
  readonly text: string;
  readonly problems: readonly VariableProblem[];
}

const NAME = /^[A-Za-z_][A-Za-z0-9_.-]*$/;

/** True when the text may hold a variable; a cheap test before {@link interpolate}. */
export function mentionsVariable(text: string): boolean {
  return text.includes('${var.');
}

/**
 * Replaces each `${var.NAME}`; `$${var.NAME}` becomes the literal `${var.NAME}`. Values are inserted as they
 * are, never searched again. An unknown or malformed one stays in the text and is reported.
 */
export function interpolate(text: string, variables: { readonly [name: string]: string }): Interpolated {
  const problems: VariableProblem[] = [];
  const replaced = text.replace(
    /\$?\$\{var\.([^}\n]*)(\}?)/g,
    (written, name: string, end: string, offset: number) => {
      if (written.startsWith('$$')) return written.slice(1);
      if (end === '' || !NAME.test(name)) {
        problems.push({ code: 'VARIABLE_INVALID', written, name, offset });
        return written;
      }
      const value = Object.hasOwn(variables, name) ? variables[name] : undefined;
      if (value !== undefined) return value;
      problems.push({ code: 'VARIABLE_UNKNOWN', written, name, offset });
      return written;
    },
  );
  return { text: replaced, problems };
}
