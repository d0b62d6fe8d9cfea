/** Not fields of a configuration: a header, what apply decides itself, and what only replies carry. */
type NotOurs = 'Idempotency-Key' | 'promote_to_main' | 'version_name' | 'shared';

type Scalar = string | number | boolean | null | undefined;
type NamedKeys<T> = keyof { [K in keyof T as string extends K ? never : K]: T[K] } & string;
type Elements<T> = T extends readonly (infer E)[] ? E : T;
type Objects<T> = Exclude<Elements<NonNullable<T>>, Scalar>;
type KeysOf<T> = T extends unknown ? NamedKeys<T> : never;
type ValueOf<T, K extends string> = T extends unknown ? (K extends keyof T ? T[K] : never) : never;
type Steps = [never, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9];

/** Dotted paths of fields that Theirs has and Ours lacks; alternatives of a union are looked at together. */
export type Missing<Theirs, Ours, Depth extends number = 9> = [Depth] extends [never]
  ? never
  : {
      [K in Exclude<KeysOf<Objects<Theirs>>, NotOurs>]: K extends KeysOf<Objects<Ours>>
        ? unknown extends ValueOf<Objects<Theirs>, K>
          ? never
          : Prefixed<K, Missing<ValueOf<Objects<Theirs>, K>, ValueOf<Objects<Ours>, K>, Steps[Depth]>>
        : K;
    }[Exclude<KeysOf<Objects<Theirs>>, NotOurs>];
type Prefixed<K extends string, Rest> = Rest extends string ? `${K}.${Rest}` : never;
