/** What the browser finds out about pictures, sound and film before they are sent. */

import { MAX_DECODED, READING, SAMPLE_RATE } from '../bounds.ts'
import { MAX_THUMBNAIL } from '../generated/limits.ts'

/** IThumbnailConfig says how a thumbnail is made. */
export interface IThumbnailConfig {
  /** In pixels; 160 if absent. */
  maxHeight?: number
  /** In pixels; 160 if absent. */
  maxWidth?: number
  /** Of the JPEG, from 0 to 1, which is what it is if absent. It is lowered until the thumbnail fits into a message. */
  quality?: number
  /** How many times longer than the other a side may be, 1 if absent. Of a longer picture the thumbnail is the middle. */
  scale?: number
}

/** Picture is a thumbnail: base64 of a JPEG without a prefix, and the size of the picture it was cut out of. */
export interface Picture {
  readonly thumbnail: string
  readonly width: number
  readonly height: number
}

/** Box is how large a picture is drawn, and how much of it is to the left of its thumbnail, and above it. The same is cut off on the other sides. */
export interface Box {
  readonly width: number
  readonly height: number
  readonly left: number
  readonly top: number
}

/** fit is how a picture becomes a thumbnail. */
export function fit(width: number, height: number, config: IThumbnailConfig = {}): Box {
  const { maxHeight = 160, maxWidth = 160, scale = 1 } = config
  const portrait = width < height
  const long = Math.max(width, height) / Math.min(width, height) > scale
  // The short side of what is cut fills its side of the box, else the long side does.
  const ratio = portrait === long ? maxWidth / width : maxHeight / height
  width *= ratio
  height *= ratio
  return { width, height, left: Math.max(0, (width - maxWidth) / 2), top: Math.max(0, (height - maxHeight) / 2) }
}

/** picture is the thumbnail of an image file. */
export async function picture(file: File, config?: IThumbnailConfig): Promise<Picture> {
  const image = await load(file)
  return draw(image, image.naturalWidth, image.naturalHeight, config)
}

/** size is the width and height of an image file. */
export async function size(file: File): Promise<{ width: number; height: number }> {
  const { naturalWidth: width, naturalHeight: height } = await load(file)
  return { width, height }
}

function load(file: File): Promise<HTMLImageElement> {
  return withElement(file, 'img', async (image) => {
    await image.decode()
    if (image.naturalWidth === 0) throw new Error('it has no size')
    return image
  })
}

/** draw makes a thumbnail that fits into a message: with less quality, and if that is not enough, smaller. */
function draw(image: CanvasImageSource, fullWidth: number, fullHeight: number, config: IThumbnailConfig = {}): Picture {
  const { width, height, left, top } = fit(fullWidth, fullHeight, config)
  for (let part = 1; ; part /= 2) {
    const canvas = document.createElement('canvas')
    canvas.width = Math.max(1, (width - 2 * left) * part)
    canvas.height = Math.max(1, (height - 2 * top) * part)
    const pen = canvas.getContext('2d') as CanvasRenderingContext2D
    pen.fillStyle = '#fff' // JPEG knows no transparency
    pen.fillRect(0, 0, canvas.width, canvas.height)
    pen.scale(part, part)
    pen.drawImage(image, -left, -top, width, height)
    for (let tenths = Math.round((config.quality ?? 1) * 10); tenths >= 0; tenths--) {
      const [, thumbnail = ''] = canvas.toDataURL('image/jpeg', tenths / 10).split(',')
      if (thumbnail.length <= MAX_THUMBNAIL) return { thumbnail, width: Math.ceil(width), height: Math.ceil(height) }
    }
  }
}

/** Sound is what is known of a recording. duration is in seconds, length in samples. */
export interface Sound {
  readonly duration: number
  readonly length?: number
  readonly sampleRate?: number
  readonly numberOfChannels?: number
}

/** sound is what is known of a file with sound. */
export async function sound(file: File): Promise<Sound> {
  if (file.size > MAX_DECODED) return { duration: await withElement(file, 'audio', measure) }
  const decoder = new OfflineAudioContext(1, 1, SAMPLE_RATE)
  const { duration, length, sampleRate, numberOfChannels } = await decoder.decodeAudioData(await file.arrayBuffer())
  return { duration, length, sampleRate, numberOfChannels }
}

/** film is how long a video is, in seconds, with its first picture as a thumbnail. */
export function film(file: File): Promise<Picture & { duration: number }> {
  return withElement(file, 'video', async (video) => {
    video.muted = true
    video.playsInline = true
    const duration = await measure(video)
    video.currentTime = 0
    await heard(video, 'seeked')
    if (video.videoWidth === 0) throw new Error('it has no picture')
    return { ...draw(video, video.videoWidth, video.videoHeight), duration }
  })
}

/** measure is how long a recording is. Recorders that stream do not say, so the end has to be looked for. */
async function measure(media: HTMLMediaElement): Promise<number> {
  media.preload = 'auto'
  await heard(media, 'loadedmetadata')
  if (media.duration === Infinity) {
    media.currentTime = Number.MAX_SAFE_INTEGER
    await heard(media, 'durationchange')
  }
  return media.duration
}

/** withElement lets an element read file, for as long as use takes. */
async function withElement<K extends 'img' | 'audio' | 'video', T>(file: File, kind: K, use: (element: HTMLElementTagNameMap[K]) => Promise<T>): Promise<T> {
  const element = document.createElement(kind)
  element.src = URL.createObjectURL(file)
  try {
    return await use(element)
  } finally {
    URL.revokeObjectURL(element.src)
  }
}

/** heard waits for an event of media. It rejects when the browser cannot read what it plays. */
function heard(media: HTMLMediaElement, event: string): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const fail = (how: string) => (): void => reject(new Error(`the browser ${how} it`))
    media.addEventListener(event, resolve)
    media.addEventListener('error', fail('cannot read'))
    setTimeout(fail('takes too long to read'), READING)
  })
}
