import assert from 'node:assert/strict'
import { test } from 'node:test'

import { Outbox, type Send } from '../src/outbox.ts'

const one = sendOf(1, 'bob')
const two = sendOf(2, 'bob')
const three = sendOf(3, 'bob')
const toCarol = sendOf(4, 'carol')

function sendOf(messageId: number, lane: string, paced = false): Send {
  return { messageId, key: String(messageId), lane, size: 10, paced }
}

function outboxOf(...sends: Send[]): Outbox<Send> {
  const outbox = new Outbox()
  outbox.add(...sends)
  for (const send of sends) outbox.kept(send)
  return outbox
}

test('sends are written once, as they come', () => {
  const outbox = outboxOf(one, two)
  assert.deepEqual(outbox.take(false), [one, two])
  assert.deepEqual(outbox.take(false), [])
  outbox.add(three)
  assert.deepEqual(outbox.take(false), [], 'it is not kept yet')
  outbox.kept(three)
  assert.deepEqual(outbox.take(true), [three], 'what nobody holds back does not wait')
})

test('a send that is not kept yet holds back its own conversation only', () => {
  const outbox = outboxOf()
  outbox.add(one, two, toCarol)
  outbox.kept(two)
  outbox.kept(toCarol)
  assert.deepEqual(outbox.take(false), [toCarol])
  outbox.kept(one)
  assert.deepEqual(outbox.take(false), [one, two])
})

test('a new session gets what is left one at a time, in order', () => {
  const outbox = outboxOf(one, two)
  outbox.take(false)
  outbox.restart()
  outbox.add(three, toCarol)
  outbox.kept(three)
  outbox.kept(toCarol)
  assert.deepEqual(outbox.take(false), [one, toCarol], 'another conversation does not wait')
  assert.deepEqual(outbox.take(false), [], 'the first is not acknowledged yet')
  outbox.remove(one)
  assert.deepEqual(outbox.take(true), [], 'the session is to rest')
  assert.deepEqual(outbox.take(false), [two])
  outbox.remove(two)
  assert.deepEqual(outbox.take(false), [three])
})

test('paced sends go one at a time, whatever their conversation', () => {
  const [first, second] = [sendOf(1, 'bob', true), sendOf(2, 'carol', true)]
  const outbox = outboxOf(first, second, three)
  assert.deepEqual(outbox.take(false), [first])
  assert.equal(outbox.alone(first), true)
  outbox.again(first)
  assert.deepEqual(outbox.take(true), [])
  assert.deepEqual(outbox.take(false), [first], 'it keeps its place')
  outbox.remove(first)
  assert.deepEqual(outbox.take(false), [second, three])
})

test('what an earlier page left goes first', () => {
  const outbox = outboxOf(three)
  outbox.restore([one, two])
  assert.deepEqual(outbox.all(), [one, two, three])
  assert.deepEqual(outbox.take(false), [one])
})

test('a send is found by its id and its content', () => {
  const outbox = outboxOf(one, two)
  assert.equal(outbox.find(2, '2'), two)
  assert.equal(outbox.find(2, 'other'), undefined)
  assert.equal(outbox.remove(two), true)
  assert.equal(outbox.remove(two), false)
  assert.equal(outbox.find(2, '2'), undefined)
  assert.deepEqual([outbox.size, outbox.bytes], [1, 10])
})
