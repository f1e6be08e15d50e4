import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'

import * as api from '../src/index.ts'

const home = new URL('../../', import.meta.url)
const read = (name: string) => readFileSync(new URL(name, home), 'utf8')

/** The addresses of the headings of a document, as code hosts make them. */
function headings(text: string): string[] {
  const titles = text.replace(/^```.*?^```/gms, '').matchAll(/^#+ (.*)$/gm)
  return [...titles].map(([, title = '']) => title.toLowerCase().replace(/[^\p{L}\p{N} _-]/gu, '').replaceAll(' ', '-'))
}

test('README.md lists the functions that there are, each with a link to its own place in the reference', () => {
  const [, table = ''] = /<!-- functions -->(.*)<!-- end of functions -->/s.exec(read('README.md')) ?? []
  const listed = [...table.matchAll(/\[`(\w+)`\]\(REFERENCE\.md#(\w+)\)/g)]
  for (const [, name = '', anchor] of listed) assert.equal(anchor, name.toLowerCase())
  const exported = Object.entries(api)
    .filter(([name, value]) => typeof value === 'function' && /^[a-z]/.test(name))
    .map(([name]) => name)
  assert.deepEqual(listed.map(([, name]) => name).sort(), exported.sort())
})

test('every value that is exported is in the reference', () => {
  const there = headings(read('REFERENCE.md'))
  assert.deepEqual(Object.keys(api).filter((name) => !there.includes(name.toLowerCase())), [])
})

test('links of the documents lead somewhere, in the repository and in the package', () => {
  const packed: string[] = JSON.parse(read('package.json')).files
  for (const document of ['README.md', 'REFERENCE.md']) {
    const text = read(document)
    const places = headings(text)
    assert.deepEqual(places.filter((place, i) => places.indexOf(place) < i), [], `${document} has headings of one name`)
    for (const [, link = ''] of text.matchAll(/(?:\]\(|href=")([^)"]+)/g)) {
      if (link.startsWith('https://')) continue
      const [file, place] = link.split('#')
      const where = `${link} in ${document}`
      if (file) assert(packed.includes(file) || file === 'README.md', `${where} is not in the package`)
      if (place) assert((file ? headings(read(file)) : places).includes(place), `${where} leads nowhere`)
      else read(file as string)
    }
  }
})
