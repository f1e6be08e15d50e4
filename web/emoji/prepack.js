// Puts beside the modules what a package has besides them.

import { copyFileSync } from 'node:fs'

for (const file of ['../dist/RongEmoji.js', '../dist/RongEmoji.min.js', '../../LICENSE', '../../NOTICE']) {
  copyFileSync(new URL(file, import.meta.url), new URL(file.replace(/.*\//, ''), import.meta.url))
}
