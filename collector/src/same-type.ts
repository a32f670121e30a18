/** A type with every part readonly and every intersection flattened, so that two can be compared for identity. */
type Plain<T> = T extends object ? { readonly [K in keyof T]: Plain<T[K]> } : T;
type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;

/** Only `true` can be assigned to it where a schema's type and the type that it stands for are the same. */
export type SameType<A, B> = Same<Plain<A>, Plain<B>>;
