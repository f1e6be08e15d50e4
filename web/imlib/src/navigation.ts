import { NAVIGATION } from './bounds.ts'
import { Refused } from './errors.ts'
import * as codes from './generated/codes.ts'
import type { Reply, Transport } from './transport.ts'
import type { ProtocolVersion } from './wire/frame.ts'
import { PLAIN_WEBSOCKET } from './wire/numbers.ts'

/** Route is where to connect, and how. */
export interface Route {
  /** WebSocket origins, best first; never empty. */
  readonly origins: readonly string[]
  readonly version: ProtocolVersion
  /** The whole answer, with the settings of the app. */
  readonly settings: Readonly<Record<string, unknown>>
}

/**
 * navigate asks the navigators, one after the other, where to connect. It
 * throws Refused with the last failure when none of them tells. A token that a
 * navigator refuses is not offered to the next one.
 */
export async function navigate(
  transport: Transport,
  navigators: readonly string[],
  appkey: string,
  token: string,
  version: string,
  signal: AbortSignal,
): Promise<Route> {
  let failure = new Refused(codes.RC_NAVI_REQ_FAILED)
  for (const navigator of navigators) {
    try {
      return readRoute(await ask(transport, navigator, appkey, token, version, signal))
    } catch (error) {
      // What is no refusal is an answer that did not come, or that makes no sense.
      failure = error instanceof Refused ? error : new Refused(codes.RC_NAVI_REQ_FAILED)
      if (final.includes(failure.result.code)) break
    }
  }
  throw failure
}

const final: readonly number[] = [codes.RC_CONN_TOKEN_INCORRECT, codes.RC_LICENSE_EXPIRED]

function ask(
  transport: Transport,
  navigator: string,
  appkey: string,
  token: string,
  version: string,
  signal: AbortSignal,
): Promise<Reply> {
  const url = `${navigator.replace(/\/$/, '')}/v2/navi.json?cloud=0`
  const form = new URLSearchParams({ token, v: version, platfrom: 'browser' }) // the protocol spells it so
  return transport.post(url, { 'RC-Appkey': appkey }, form, AbortSignal.any([signal, AbortSignal.timeout(NAVIGATION)]))
}

/** readRoute is the route in a navigator's reply. It throws when there is none, Refused where the reply says why. */
export function readRoute({ status, text }: Reply): Route {
  const answer = (status === 200 ? JSON.parse(text) : { code: status }) as Answer
  const { code = 200, serverAddr, openAnti } = answer
  if (code === 401 || code === 403) throw new Refused(codes.RC_CONN_TOKEN_INCORRECT)
  if (code === 416) throw new Refused(codes.RC_LICENSE_EXPIRED)
  if (code !== 200) throw new Refused(codes.RC_NAVI_REQ_FAILED)
  const origins = [...(serverAddr ?? [])]
    .sort((a, b) => (b.weight ?? 0) - (a.weight ?? 0))
    .map(({ addr, protocol }) => `${protocol === PLAIN_WEBSOCKET ? 'ws' : 'wss'}://${addr}`)
  if (origins.length === 0) throw new Refused(codes.SERVER_UNAVAILABLE)
  return { origins: [...new Set(origins)], version: openAnti === 1 ? 4 : 3, settings: { ...answer } }
}

interface Answer {
  code?: number
  openAnti?: number
  serverAddr?: { addr: string; protocol: number; weight?: number }[]
}
