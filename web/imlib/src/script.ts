/**
 * For pages with script tags: what the module exports is in the global
 * RongIMLib, an ordinary object that plugins add themselves to.
 */

import { codeTexts } from './generated/texts.ts'
import { start } from './start.ts'
import * as api from './all.ts'
import type { IInitOption } from './client.ts'
import { explain } from './corecodes.ts'

function init(options: IInitOption): void {
  start(options)
  explain(codeTexts)
}

const page = globalThis as { RongIMLib?: object }
page.RongIMLib = Object.assign(page.RongIMLib ?? {}, api, { init })
