/** randomName names something new that nobody else may have the name of: a page, a file. */
export function randomName(): string {
  return crypto.getRandomValues(new Uint32Array(4)).join('-')
}
