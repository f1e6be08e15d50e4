/** Language is one that the texts of results are written in. */
export type Language = 'en' | 'zh'

/** Text is the same in each Language. */
export type Text = Readonly<Record<Language, string>>

let chosen: Language | undefined

/** choose sets the language of texts; undefined is that of the browser, or English. */
export function choose(language: Language | undefined): void {
  chosen = language
}

/** say is text in the chosen language. */
export function say(text: Text): string {
  return text[chosen ?? (/^zh/i.test(globalThis.navigator?.language ?? '') ? 'zh' : 'en')]
}
