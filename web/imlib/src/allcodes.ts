import { enumeration, type Enumeration, type Value } from './enums.ts'
import { knownCodes, otherCodes } from './generated/codes.ts'

type Codes = typeof knownCodes & typeof otherCodes

/** ErrorCode names the results of operations, and each number its name. */
export const ErrorCode: Enumeration<Codes> = /* @__PURE__ */ enumeration<Codes>(knownCodes, otherCodes)
export type ErrorCode = Value<Codes>
