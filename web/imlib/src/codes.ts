import { type Enumeration, enumeration, type Value } from './enumeration.ts'
import { type Codes, givenNames, otherNames } from './generated/codes.ts'

/**
 * ErrorCode names the results of operations, and each number its name. What is
 * part of the core goes without most of them: corecodes.ts.
 */
export const ErrorCode: Enumeration<Codes> = /* @__PURE__ */ enumeration<Codes>(givenNames, otherNames)
export type ErrorCode = Value<Codes>
