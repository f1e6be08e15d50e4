import assert from 'node:assert/strict'
import { test } from 'node:test'

import { type Decision, type Inbox, inboxAt, onHint, onPage, onPullFailed, onPush, onSession } from '../src/inbox.ts'

const pulling = onSession(inboxAt(10)).inbox
const caughtUp = onPage(pulling, 20, true).inbox

function what(decision: Decision): string {
  return `${decision.deliver ? 'deliver ' : ''}${decision.pull ? 'pull ' : ''}at ${decision.inbox.cursor}`
}

test('a session begins with a pull', () => {
  assert.equal(what(onSession(inboxAt(10))), 'pull at 10')
  assert.equal(what(onSession(pulling)), 'pull at 10', 'also when the last session left one unanswered')
})

test('a tick whose predecessor is known is delivered', () => {
  assert.equal(what(onPush(caughtUp, 20, 25)), 'deliver at 25')
  assert.equal(what(onPush(caughtUp, 15, 25)), 'deliver at 25')
})

test('a tick that is known already is dropped', () => {
  assert.equal(what(onPush(caughtUp, 15, 20)), 'at 20')
})

test('a gap is pulled, once', () => {
  const gap = onPush(caughtUp, 22, 25)
  assert.equal(what(gap), 'pull at 20')
  assert.equal(what(onPush(gap.inbox, 25, 26)), 'at 20')
  assert.equal(what(onPage(gap.inbox, 26, true)), 'deliver at 26')
})

test('a hint is pulled, unless it is old', () => {
  assert.equal(what(onHint(caughtUp, 21)), 'pull at 20')
  assert.equal(what(onHint(caughtUp, 0)), 'pull at 20')
  assert.equal(what(onHint(caughtUp, 20)), 'at 20')
})

test('pages are pulled until they are finished', () => {
  const more = onPage(pulling, 15, false)
  assert.equal(what(more), 'deliver pull at 15')
  assert.equal(what(onPage(more.inbox, 18, true)), 'deliver at 18')
})

test('an answer that came too early for a tick is followed by another pull', () => {
  const hinted = onHint(pulling, 30)
  assert.equal(what(hinted), 'at 10')
  const early = onPage(hinted.inbox, 10, true)
  assert.equal(what(early), 'deliver pull at 10')
  assert.equal(what(onPage(early.inbox, 30, true)), 'deliver at 30')
})

test('pulls that lead nowhere end', () => {
  assert.equal(what(onPage(pulling, 10, false)), 'deliver at 10')
  const hinted = onHint(caughtUp, 99)
  assert.equal(what(onPage(hinted.inbox, 20, true)), 'deliver at 20')
})

test('after a failed pull the next news starts another', () => {
  assert.equal(what(onPush(onPullFailed(pulling), 20, 25)), 'pull at 10')
})

test('whatever is lost, every tick is delivered once and in order', () => {
  for (let seed = 1; seed <= 300; seed++) assert.deepEqual(deliveries(seed), ticksUpTo(60))
})

function ticksUpTo(last: number): number[] {
  return Array.from({ length: last }, (_, i) => i + 1)
}

/** deliveries is what an application gets when pushes are lost, sessions end and pulls are slow, as seed has it. */
function deliveries(seed: number): number[] {
  const random = generator(seed)
  const delivered: number[] = []
  let inbox: Inbox = inboxAt(0)
  let asked: number | undefined
  let last = 0

  const follow = (decision: Decision, ticks: number[]): void => {
    const before = inbox.cursor
    inbox = decision.inbox
    if (decision.deliver) delivered.push(...ticks.filter((tick) => tick > before))
    if (decision.pull) asked = inbox.cursor
  }
  const answer = (): void => {
    if (asked === undefined) return
    const from = asked
    asked = undefined
    const through = Math.min(last, from + 1 + Math.floor(random() * 4))
    follow(onPage(inbox, through, through === last), ticksUpTo(through).filter((tick) => tick > from))
  }

  follow(onSession(inbox), [])
  while (last < 60) {
    const chance = random()
    if (chance < 0.4) {
      last++
      if (random() < 0.7) follow(onPush(inbox, last - 1, last), [last])
    } else if (chance < 0.5) follow(onSession(inbox), [])
    else if (chance < 0.6) follow(onHint(inbox, random() < 0.5 ? last : 0), [])
    else answer()
  }
  follow(onHint(inbox, 0), [])
  while (asked !== undefined) answer()
  return delivered
}

/** generator is a small source of repeatable chance (mulberry32). */
function generator(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32
  }
}
