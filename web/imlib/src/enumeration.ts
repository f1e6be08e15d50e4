/** Enumeration is values with the way back from each number to its name. */
export type Enumeration<T> = Readonly<T> & { readonly [value: number]: string }

/** Value is one of T; a number that has no name is allowed, as a server may know more of them. */
export type Value<T> = T[keyof T] | (T[keyof T] extends number ? number & {} : never)

/** enumeration adds to values the names of its numbers. */
export function enumeration<T extends object>(...values: Partial<T>[]): Enumeration<T> {
  const all = Object.assign({}, ...values) as T
  return { ...Object.fromEntries(Object.entries(all).map(([name, value]) => [value, name])), ...all }
}
