import { check, listOf, name, object, optional, url } from './arguments.ts'
import { Client, type Feature, type IInitOption } from './client.ts'
import { ok, type RCResult, Refused } from './errors.ts'
import { Emitter } from './events.ts'
import * as codes from './generated/codes.ts'
import { choose } from './language.ts'
import type { Transport } from './transport.ts'
import { browserTransport } from './websocket.ts'
import { Malformed } from './wire/protobuf.ts'

/** The listeners of the page. They may be added before init and outlive a connection. */
export const emitter: Emitter = new Emitter()

let current: Client | undefined

/**
 * begin makes the page's client, with features. A second call changes nothing,
 * until end. It throws when an option is not as it must be.
 */
export function begin(
  options: IInitOption,
  features: readonly Feature<unknown>[],
  transport: Transport = browserTransport(),
): void {
  if (current !== undefined) return
  check('options', options, object)
  check('appkey', options.appkey, name)
  check('navigators', options.navigators, optional(listOf(url)))
  choose(options.language)
  current = new Client(options, transport, emitter)
  for (const feature of features) current.use(feature)
}

/** end ends the page's client and forgets the listeners. */
export function end(): void {
  current?.disconnect()
  current = undefined
  emitter.clear()
}

/** client is the page's client. It throws Refused before begin. */
export function client(): Client {
  if (current === undefined) throw new Refused(codes.BIZ_ERROR_CLIENT_NOT_INIT)
  return current
}

/**
 * call is the body of an API function: it resolves with what work makes of the
 * page's client, and turns what work throws into a result.
 */
export function call<T>(work: (client: Client) => T | Promise<T>): Promise<RCResult<T>> {
  return attempt(() => work(client()))
}

/** attempt is the result of work. It never rejects. */
export async function attempt<T>(work: () => T | Promise<T>): Promise<RCResult<T>> {
  try {
    return ok(await work())
  } catch (error) {
    if (error instanceof Refused) return error.result
    if (error instanceof Malformed) return new Refused(codes.RC_MSG_DATA_INCOMPLETE, error.message).result
    console.error(error)
    return new Refused(codes.TIMEOUT, String(error)).result
  }
}
