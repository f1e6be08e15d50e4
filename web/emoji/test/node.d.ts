// The parts of Node that the tests use, so that they need no package of types.

declare module 'node:test' {
  export function test(name: string, body: () => void | Promise<void>): void
}

declare module 'node:assert/strict' {
  interface Assert {
    (value: unknown, message?: string): asserts value
    equal<T>(actual: unknown, expected: T, message?: string): asserts actual is T
    deepEqual(actual: unknown, expected: unknown, message?: string): void
    throws(body: () => unknown, error: object, message?: string): void
  }
  const assert: Assert
  export default assert
}

declare module 'node:fs' {
  export function readFileSync(path: URL): Uint8Array
  export function readFileSync(path: URL, encoding: 'utf8'): string
}

declare module 'node:vm' {
  export function createContext(globals: object): object
  export function runInContext(code: string, context: object): unknown
}

declare module 'node:zlib' {
  export function gzipSync(bytes: Uint8Array): Uint8Array
}
