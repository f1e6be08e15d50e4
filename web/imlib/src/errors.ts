import { codeName, ErrorCode } from './codes.ts'

/**
 * Result is what every operation resolves with. Operations do not reject: a
 * refusal is a code. A send that failed still has data, so that the
 * application finds the message to mark and to send again.
 */
export interface Result<T = void> {
  readonly isOk: boolean
  readonly code: number
  readonly msg: string
  readonly data?: T
}

/** ok is a success. */
export function ok<T>(data: T): Result<T> {
  return { isOk: true, code: ErrorCode.SUCCESS, msg: 'SUCCESS', data }
}

/** fail is a refusal with code. */
export function fail<T = never>(code: number, data?: T): Result<T> {
  const refusal = { isOk: false, code, msg: codeName(code) }
  return data === undefined ? refusal : { ...refusal, data }
}

/** Refused carries a code through code that throws. It never leaves this package. */
export class Refused extends Error {
  override readonly name = 'Refused'
  readonly code: number

  constructor(code: number) {
    super(codeName(code))
    this.code = code
  }
}

/** codeOf is the code that error carries. Anything that carries none is our own bug, and is thrown on. */
export function codeOf(error: unknown): number {
  if (error instanceof Refused) return error.code
  throw error
}
