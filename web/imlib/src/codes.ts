import { type Enumeration, enumeration, type Value } from './enumeration.ts'
import { argumentCodes, givenCodes, otherCodes } from './generated/codes.ts'

type Codes = typeof givenCodes & typeof argumentCodes & typeof otherCodes

/**
 * ErrorCode names the results of operations, and each number its name. What is
 * part of the core goes without most of them: corecodes.ts.
 */
export const ErrorCode: Enumeration<Codes> = /* @__PURE__ */ enumeration<Codes>(givenCodes, argumentCodes, otherCodes)
export type ErrorCode = Value<Codes>
