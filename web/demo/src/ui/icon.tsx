import type { VNode } from 'preact'

const paths = {
  logo: 'M3 16q5.5-9 11-2 5.5-7 11 2',
  send: 'M4 12 20 4l-5 16-4-6zM11 14l9-10',
  emoji: 'M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18zM8.5 14.5q3.5 3.500 7 0M9 9.500v.01M15 9.500v.01',
  attach: 'M20 11.500l-8.200 8.200a5 5 0 0 1-7.100-7.100l8.500-8.500a3.400 3.400 0 0 1 4.800 4.800l-8.400 8.400a1.700 1.700 0 0 1-2.400-2.400l7.700-7.700',
  mic: 'M12 3a3 3 0 0 0-3 3v5a3 3 0 0 0 6 0V6a3 3 0 0 0-3-3zM5.500 11a6.500 6.500 0 0 0 13 0M12 17.500V21',
  search: 'M11 18a7 7 0 1 0 0-14 7 7 0 0 0 0 14zM16 16l4.500 4.500',
  plus: 'M12 5v14M5 12h14',
  back: 'M15 5l-7 7 7 7',
  close: 'M6 6l12 12M18 6L6 18',
  more: 'M5 12v.01M12 12v.01M19 12v.01',
  reply: 'M10 6L4 12l6 6M4 12h9a7 7 0 0 1 7 7',
  forward: 'M14 6l6 6-6 6M20 12h-9a7 7 0 0 0-7 7',
  pin: 'M9 4h6l-.7 6 3.200 3.500H6.500L9.700 10zM12 13.500V20',
  mute: 'M6 9a6 6 0 0 1 9-5.200M18 10v3l2 3.500H8M10 19.500a2.200 2.200 0 0 0 4 0M4 4l16 16M6 9v4l-2 3.500h2',
  clock: 'M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18zM12 7v5.500l3.500 2',
  check: 'M5 12.500l4.500 4.500L19 7',
  checks: 'M2.500 12.500L7 17l9-10M11.500 15.500L13 17l9-10',
  alert: 'M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18zM12 7.500v5.500M12 16.400v.01',
  down: 'M12 5v14M6 13l6 6 6-6',
  up: 'M6 14.500l6-6 6 6',
  low: 'M6 9.500l6 6 6-6',
  group: 'M9 11.500a3.500 3.500 0 1 0 0-7 3.500 3.500 0 0 0 0 7zM2.500 20a6.500 6.500 0 0 1 13 0M16 4.800a3.500 3.500 0 0 1 0 6.400M18.500 14.500a6.500 6.500 0 0 1 3 5.500',
  room: 'M12 12.500v.01M8 8.500a5.600 5.600 0 0 0 0 8M16 8.500a5.600 5.600 0 0 1 0 8M5 5.500a10 10 0 0 0 0 14M19 5.500a10 10 0 0 1 0 14',
  file: 'M6 3h8l5 5v13H6zM14 3v5h5',
  play: 'M8 5l11 7-11 7z',
  pause: 'M8 5v14M16 5v14',
  stop: 'M7 7h10v10H7z',
  trash: 'M5 7h14M10 7V4h4v3M7 7l1 13h8l1-13',
  copy: 'M9 9h11v11H9zM5 15H4V4h11v1',
  edit: 'M4 20h4L19 9l-4-4L4 16zM13 7l4 4',
  undo: 'M8 5L4 9l4 4M4 9h10a5.500 5.500 0 0 1 0 11H9',
  select: 'M4 4h16v16H4zM8 12l3 3 5-6',
  info: 'M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18zM12 11v5.500M12 7.600v.01',
  sun: 'M12 16.500a4.500 4.500 0 1 0 0-9 4.500 4.500 0 0 0 0 9zM12 2v2M12 20v2M2 12h2M20 12h2M5 5l1.400 1.400M17.600 17.600L19 19M19 5l-1.400 1.400M6.400 17.600L5 19',
  globe: 'M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18zM3.500 12h17M12 3q-7.500 9 0 18M12 3q7.500 9 0 18',
  window: 'M4 5h16v14H4zM4 9h16',
  exit: 'M14 4H5v16h9M10 12h11M17 8l4 4-4 4',
  chats: 'M4 5h16v11H11l-5 4v-4H4z',
} as const

export type IconName = keyof typeof paths

/** Icon is a picture of 24 by 24 that says nothing to screen readers. */
export function Icon({ name }: { name: IconName }): VNode {
  return (
    <svg class={`icon icon-${name}`} viewBox={name === 'logo' ? '0 0 28 28' : '0 0 24 24'} aria-hidden="true">
      <path d={paths[name]} />
    </svg>
  )
}
