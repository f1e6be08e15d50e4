import { isTransient } from './corecodes.ts'
import { RCConnectionStatus } from './enums.ts'

/** State is what a client knows about its connection. */
export type State =
  /** The application has not asked for a connection, or asked for its end. */
  | { kind: 'idle' }
  /** Attempt 0 is the one the application waits for. */
  | { kind: 'connecting'; attempt: number }
  | { kind: 'online'; userId: string }
  /** The connection was lost for a reason that may pass: retry number attempt follows. */
  | { kind: 'waiting'; attempt: number; code: number }
  /** The connection ended for a reason that stays: the application must act. */
  | { kind: 'closed'; code: number }

/** Input is what changes a State. */
export type Input =
  | { kind: 'connect' }
  | { kind: 'accepted'; userId: string }
  /** passing says that the reason may pass, whatever the code. */
  | { kind: 'lost'; code: number; passing?: boolean }
  | { kind: 'retry' }
  | { kind: 'disconnect' }

/**
 * next is the state after input. An input that does not fit the state changes
 * nothing and returns the very same object. The first attempt of a connect is
 * the only one whose failure is final whatever its reason: the application is
 * waiting for the answer.
 */
export function next(state: State, input: Input): State {
  switch (input.kind) {
    case 'connect':
      return state.kind === 'idle' || state.kind === 'closed' ? { kind: 'connecting', attempt: 0 } : state
    case 'accepted':
      return state.kind === 'connecting' ? { kind: 'online', userId: input.userId } : state
    case 'lost':
      return lost(state, input.code, isTransient(input.code) || input.passing === true)
    case 'retry':
      return state.kind === 'waiting' ? { kind: 'connecting', attempt: state.attempt + 1 } : state
    case 'disconnect':
      return state.kind === 'idle' ? state : { kind: 'idle' }
  }
}

function lost(state: State, code: number, passing: boolean): State {
  if (state.kind !== 'online' && state.kind !== 'connecting') return state
  const attempt = state.kind === 'online' ? 0 : state.attempt
  const first = state.kind === 'connecting' && attempt === 0
  return passing && !first ? { kind: 'waiting', attempt, code } : { kind: 'closed', code }
}

/** statusOf is state as the application sees it. */
export function statusOf(state: State): RCConnectionStatus {
  switch (state.kind) {
    case 'online': return RCConnectionStatus.CONNECTED
    case 'connecting': return RCConnectionStatus.CONNECTING
    case 'waiting': return RCConnectionStatus.SUSPENDED
    default: return RCConnectionStatus.DISCONNECTED
  }
}
