/**
 * The numbers of the protocol. They have a module without imports to themselves. A
 * bundler then writes them where they are used, and no names.
 */

// The types of frames.
export const CONNACK = 2
export const PUBLISH = 3
export const PUBACK = 4
export const QUERY = 5
export const QUERYACK = 6
export const QUERYCON = 7
export const PINGREQ = 12
export const PINGRESP = 13
export const DISCONNECT = 14

// Header bits below the type.
export const DUP = 8
export const QOS = 2

// Which fields a CONNACK of version 4 has.
export const HAS_USER = 1
export const HAS_SESSION = 2
export const HAS_TIME = 4
export const HAS_FIRST_ID = 8

// The kinds of conversations, as ConversationType names them.
export const PRIVATE = 1
export const GROUP = 3
export const CHATROOM = 4
export const SYSTEM = 6
export const APP_PUBLIC_SERVICE = 7
export const PUBLIC_SERVICE = 8
export const ULTRA_GROUP = 10

// Whose message it is (MessageDirection), and how far it has come (SentStatus, ReceivedStatus).
export const SEND = 1
export const RECEIVE = 2
export const SENDING = 10
export const FAILED = 20
export const SENT = 30
export const UNREAD = 0
export const RETRIEVED = 8

/** The protocol number of a plain WebSocket address; every other one is behind TLS. */
export const PLAIN_WEBSOCKET = 5

/** A hint of this type is about the user's stream. */
export const STREAM_HINT = 1

/** What DISCONNECT tells when the application itself asked for it. */
export const DISCONNECTED_BY_APPLICATION = 2

// The wire types of protobuf that have a meaning here.
export const VARINT = 0
export const BYTES = 2
