import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'

import * as api from '../src/index.ts'

test('README.md lists the functions that there are', () => {
  const text = readFileSync(new URL('../../README.md', import.meta.url), 'utf8')
  const table = text.slice(text.indexOf('<!-- functions -->'), text.indexOf('<!-- end of functions -->'))
  const listed = [...table.matchAll(/`(\w+)`/g)].map(([, name]) => name)
  const exported = Object.entries(api)
    .filter(([name, value]) => typeof value === 'function' && /^[a-z]/.test(name))
    .map(([name]) => name)
  assert.deepEqual(listed.sort(), exported.sort())
})
