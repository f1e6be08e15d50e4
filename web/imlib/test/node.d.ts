// The parts of Node that the tests use, so that they need no package of types.

declare module 'node:test' {
  export function test(name: string, body: () => void | Promise<void>): void
  export function beforeEach(body: () => void): void
  export function afterEach(body: () => void | Promise<void>): void
  export const mock: {
    timers: { enable(options: { apis: ('setTimeout' | 'Date')[]; now?: number }): void; tick(milliseconds: number): void; reset(): void }
  }
}

declare module 'node:assert/strict' {
  interface Assert {
    (value: unknown, message?: string): asserts value
    equal<T>(actual: unknown, expected: T, message?: string): asserts actual is T
    deepEqual(actual: unknown, expected: unknown, message?: string): void
    match(text: string, pattern: RegExp, message?: string): void
    throws(body: () => unknown, error: new (...args: never[]) => Error, message?: string): void
  }
  const assert: Assert
  export default assert
}

declare module 'node:fs' {
  export function readFileSync(path: URL): Uint8Array
  export function readFileSync(path: URL, encoding: 'utf8'): string
}

declare module 'node:zlib' {
  export function gzipSync(bytes: Uint8Array, options?: { level?: number }): Uint8Array
}

declare function setImmediate(body: () => void): void
