import assert from 'node:assert/strict'
import { test } from 'node:test'

import { Outbox, type Send } from '../src/outbox.ts'

const one: Send = { messageId: 1, key: 'one' }
const two: Send = { messageId: 2, key: 'two' }
const three: Send = { messageId: 3, key: 'three' }

function outboxOf(...sends: Send[]): Outbox<Send> {
  const outbox = new Outbox()
  for (const send of sends) outbox.add(send)
  return outbox
}

test('sends are written once, as they come', () => {
  const outbox = outboxOf(one, two)
  assert.deepEqual(outbox.take(), [one, two])
  assert.deepEqual(outbox.take(), [])
  outbox.add(three)
  assert.deepEqual(outbox.take(), [three])
})

test('a new session gets what is left one at a time, in order', () => {
  const outbox = outboxOf(one, two)
  outbox.take()
  outbox.restart()
  outbox.add(three)
  assert.deepEqual(outbox.take(), [one])
  assert.deepEqual(outbox.take(), [], 'the first is not acknowledged yet')
  outbox.remove(one)
  assert.deepEqual(outbox.take(), [two])
  outbox.remove(two)
  assert.deepEqual(outbox.take(), [three])
  outbox.remove(three)
  assert.equal(outbox.recovering, false)
})

test('a send that is put back keeps its place', () => {
  const outbox = outboxOf(one, two)
  outbox.restart()
  assert.deepEqual(outbox.take(), [one])
  outbox.again(one)
  assert.deepEqual(outbox.take(), [one])
})

test('a send is found by its id and its content', () => {
  const outbox = outboxOf(one, two)
  assert.equal(outbox.find(2, 'two'), two)
  assert.equal(outbox.find(2, 'other'), undefined)
  assert.equal(outbox.remove(two), true)
  assert.equal(outbox.remove(two), false)
  assert.equal(outbox.find(2, 'two'), undefined)
})

test('draining leaves nothing', () => {
  const outbox = outboxOf(one, two)
  assert.deepEqual(outbox.drain(), [one, two])
  assert.equal(outbox.size, 0)
})
