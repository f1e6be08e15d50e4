import { codeName, codeText } from './corecodes.ts'
import * as codes from './generated/codes.ts'

/**
 * RCResult is what every operation resolves with. Operations do not reject: a
 * refusal is a code, and msg says in words what is wrong, beginning with the
 * name of the code. A send that failed still has data, so that the application
 * finds the message to mark and to send again.
 */
export interface RCResult<T = void> {
  /** Whether code is 0. */
  readonly isOk: boolean
  readonly code: number
  readonly msg: string
  readonly data?: T
  /** With SEND_FREQUENCY_TOO_FAST: how long to wait before sending again, in milliseconds. */
  readonly retryAfter?: number
}

/** ok is a success. */
export function ok<T>(data: T): RCResult<T> {
  return { isOk: true, code: codes.SUCCESS, msg: 'SUCCESS', data }
}

/** fail is a refusal with code. */
export function fail<T = never>(code: number, text?: string, data?: T, retryAfter?: number): RCResult<T> {
  const refusal = { isOk: false, code, msg: message(code, text) }
  return { ...refusal, ...(data !== undefined && { data }), ...(retryAfter !== undefined && { retryAfter }) }
}

/** Refused carries a code through code that throws. It never leaves this package. */
export class Refused extends Error {
  override readonly name = 'Refused'
  readonly code: number
  readonly text: string | undefined
  /** What the result of the operation has all the same. */
  readonly data: unknown
  readonly retryAfter: number | undefined

  constructor(code: number, text?: string, data?: unknown, retryAfter?: number) {
    super(message(code, text))
    this.code = code
    this.text = text
    this.data = data
    this.retryAfter = retryAfter
  }
}

/** codeOf is the code that error carries. Anything that carries none is our own bug, and is thrown on. */
export function codeOf(error: unknown): number {
  if (error instanceof Refused) return error.code
  throw error
}

function message(code: number, text: string = codeText(code)): string {
  return text === '' ? codeName(code) : `${codeName(code)}: ${text}`
}
