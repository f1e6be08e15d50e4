// What RongEmoji.js does: it puts the plugin into the global RongIMLib, also
// when the SDK that makes that global is loaded later.
import { createEmoji } from './index.ts'

const RongIMEmoji = createEmoji()

type Library = Record<string, unknown>

/** The library with the plugin in it. A module's namespace takes nothing new, so that one is copied. */
function joined(library: Library): Library {
  if (!Object.isExtensible(library)) return { ...library, RongIMEmoji }
  library['RongIMEmoji'] = RongIMEmoji
  return library
}

const global = globalThis as unknown as Library
let library = joined((global['RongIMLib'] as Library | undefined) ?? {})
const there = Object.getOwnPropertyDescriptor(global, 'RongIMLib')
if (there === undefined || there.configurable === true) {
  Object.defineProperty(global, 'RongIMLib', {
    configurable: true,
    enumerable: true,
    get: () => library,
    set: (value: Library) => (library = joined(value)),
  })
} else {
  global['RongIMLib'] = library // a var of the SDK's script, which stays as it is
}
