/** What the page remembers: its user and what is not sent in this tab, the language, appearance and drafts in this browser. */

const PREFIX = 'hongyan:chat:'

/** A tab is one user's, and several tabs may be several users. */
function storage(name: string): Storage {
  return /^(user$|unsent:)/.test(name) ? sessionStorage : localStorage
}

/** remember keeps value under name; undefined forgets it. */
export function remember(name: string, value: unknown): void {
  try {
    if (value === undefined) storage(name).removeItem(PREFIX + name)
    else storage(name).setItem(PREFIX + name, JSON.stringify(value))
  } catch {
    return // without storage it lasts as long as the page
  }
}

/** remembered is what was kept under name; undefined if nothing was. */
export function remembered<T>(name: string): T | undefined {
  try {
    return JSON.parse(storage(name).getItem(PREFIX + name) ?? 'null') ?? undefined
  } catch {
    return undefined
  }
}
