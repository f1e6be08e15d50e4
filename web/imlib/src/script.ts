/**
 * For pages with script tags: what is exported here is in the global RongIMLib,
 * an ordinary object that plugins add themselves to. The build does that
 * (web/build/script.go), since a bundler would name each function twice more.
 */

import type { IInitOption } from './client.ts'
import { codeTexts } from './generated/texts.ts'
import { start } from './start.ts'
import { explain } from './corecodes.ts'

export * from './all.ts'

export function init(options: IInitOption): void {
  start(options)
  explain(codeTexts)
}
