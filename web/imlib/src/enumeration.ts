/** Enumeration is values with the way back from each number to its name. */
export type Enumeration<T> = Readonly<T> & { readonly [value: number]: string }

/** Value is one of T; a number that has no name is allowed, as a server may know more of them. */
export type Value<T> = T[keyof T] | (T[keyof T] extends number ? number & {} : never)

/**
 * numbered is names with their numbers, from lists that are generated. They
 * have the names as words, which compress well with what else a bundle says,
 * unless there are small letters in the name itself, and a sign for the most
 * frequent two words. Behind a name is how much
 * greater its number is than the one before, if that is not 1.
 */
export function numbered(...lists: readonly string[]): (readonly [name: string, number: number])[] {
  let last = 0
  return Array.from(lists.join().matchAll(/([^,]+?)(-?\d*)(?:,|$)/g), ([, words = '', step]) => {
    last += Number(step || 1)
    return [/[A-Z]/.test(words) ? words : words.replace('~', 'invalid parameter ').toUpperCase().replaceAll(' ', '_'), last]
  })
}

/** enumeration is what lists say, both ways. */
export function enumeration<T>(...lists: readonly string[]): Enumeration<T> {
  const all = numbered(...lists)
  return Object.fromEntries([...all.map(([name, number]) => [number, name]), ...all]) as Enumeration<T>
}
