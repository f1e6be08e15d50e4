import { language } from './strings.ts'

/** Person is one of the two who chat on this page. */
export interface Person {
  readonly id: string
  /** The character on the avatar. */
  readonly glyph: string
  readonly names: { readonly en: string; readonly zh: string }
}

export const alice: Person = { id: 'alice', glyph: '鸿', names: { en: 'Alice', zh: '阿鸿' } }
export const bob: Person = { id: 'bob', glyph: '雁', names: { en: 'Bob', zh: '阿雁' } }

/** nameOf is what person is called in the language of the page. */
export function nameOf(person: Person): string {
  return person.names[language()]
}
