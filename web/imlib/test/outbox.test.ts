import assert from 'node:assert/strict'
import { beforeEach, test } from 'node:test'

import { again, type Send, take } from '../src/outbox.ts'

let one: Send, two: Send, three: Send, toCarol: Send

beforeEach(() => {
  one = sendTo('bob')
  two = sendTo('bob')
  three = sendTo('bob')
  toCarol = sendTo('carol')
})

function sendTo(lane: string, { ready = true, alone = false } = {}): Send {
  return { lane, ready, written: false, alone }
}

/** mustTake requires that the sends of line to write now are wanted, by their identity. */
function mustTake(line: Iterable<Send>, hold: boolean, wanted: Send[], message?: string): void {
  const taken = take(line, hold)
  assert.equal(taken.length, wanted.length, message)
  for (const [i, send] of taken.entries()) assert.equal(send, wanted[i], message)
}

test('sends are written once, as they come', () => {
  const line = [one, two]
  mustTake(line, false, [one, two])
  mustTake(line, false, [])
  line.push(three)
  three.ready = false
  mustTake(line, false, [], 'it is not kept yet')
  three.ready = true
  mustTake(line, true, [three], 'what nobody holds back does not wait')
})

test('a send that is not kept yet holds back its own conversation only', () => {
  const line = [one, two, toCarol]
  one.ready = false
  mustTake(line, false, [toCarol])
  one.ready = true
  mustTake(line, false, [one, two])
})

test('a new session gets what is left one at a time, in order', () => {
  const line = new Set([one, two])
  take(line, false)
  line.forEach(again)
  line.add(three).add(toCarol)
  mustTake(line, false, [one, toCarol], 'another conversation does not wait')
  mustTake(line, false, [], 'the first is not acknowledged yet')
  line.delete(one)
  mustTake(line, true, [], 'the session is to rest')
  mustTake(line, false, [two])
  line.delete(two)
  mustTake(line, false, [three])
})

test('paced sends go one at a time, whatever their conversation', () => {
  const [first, second] = [sendTo('bob', { alone: true }), sendTo('carol', { alone: true })]
  const line = new Set([first, second, three])
  mustTake(line, false, [first])
  again(first)
  mustTake(line, true, [])
  mustTake(line, false, [first], 'it keeps its place')
  line.delete(first)
  mustTake(line, false, [second, three])
})
