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

/** Refused carries a failed result through code that throws. It never leaves this package. */
export class Refused extends Error {
  override readonly name = 'Refused'
  readonly result: RCResult<any>

  /** text is what is wrong, if code does not say it; data is what the operation has all the same. */
  constructor(code: number, text: string = codeText(code), data?: unknown, retryAfter?: number) {
    const msg = text === '' ? codeName(code) : `${codeName(code)}: ${text}`
    super(msg)
    this.result = { isOk: false, code, msg, ...(data !== undefined && { data }), ...(retryAfter !== undefined && { retryAfter }) }
  }
}

/** codeOf is the code that error carries. Anything that carries none is our own bug, and is thrown on. */
export function codeOf(error: unknown): number {
  if (error instanceof Refused) return error.result.code
  throw error
}
