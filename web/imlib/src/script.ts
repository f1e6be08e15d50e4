/**
 * For pages with script tags: what the module exports is in the global
 * RongIMLib, an ordinary object that plugins add themselves to.
 */

import * as api from './index.ts'

const page = globalThis as { RongIMLib?: object }
page.RongIMLib = Object.assign(page.RongIMLib ?? {}, api)
