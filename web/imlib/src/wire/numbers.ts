/**
 * The numbers of frames. They have a module without imports to themselves: a
 * bundler then writes the numbers where they are used, and no names.
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
