/** What the browser finds out about pictures, sound and film before they are sent. */

import { ErrorCode } from '../codes.ts'
import { Refused } from '../errors.ts'
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

/** How long a browser may take to read a file, in milliseconds. */
const READING = 20_000

/** The rate at which sound is decoded, in samples a second: enough for speech. */
const SAMPLE_RATE = 16_000

/** Sound over this many bytes is not decoded but played to be measured, as it would not fit into memory. */
const DECODED = 8 * 2 ** 20

/** Box is how large a picture is drawn, and how much of it is to the left of its thumbnail, and above it. */
export interface Box {
  readonly width: number
  readonly height: number
  readonly left: number
  readonly top: number
  readonly thumbnailWidth: number
  readonly thumbnailHeight: number
}

/** fit is how a picture becomes a thumbnail. */
export function fit(width: number, height: number, config: IThumbnailConfig = {}): Box {
  const { maxHeight = 160, maxWidth = 160, scale = 1 } = config
  const portrait = width < height
  const long = Math.max(width, height) / Math.min(width, height) > scale
  // The short side of what is cut fills its side of the box, else the long side does.
  const ratio = portrait === long ? maxWidth / width : maxHeight / height
  const drawn = { width: width * ratio, height: height * ratio }
  return {
    ...drawn,
    left: Math.max(0, (drawn.width - maxWidth) / 2),
    top: Math.max(0, (drawn.height - maxHeight) / 2),
    thumbnailWidth: Math.max(1, Math.min(drawn.width, maxWidth)),
    thumbnailHeight: Math.max(1, Math.min(drawn.height, maxHeight)),
  }
}

/** picture is the thumbnail of an image file. */
export function picture(file: File, config?: IThumbnailConfig): Promise<Picture> {
  return withImage(file, (image, width, height) => draw(image, width, height, config))
}

/** size is the width and height of an image file. */
export function size(file: File): Promise<{ width: number; height: number }> {
  return withImage(file, (_, width, height) => ({ width, height }))
}

async function withImage<T>(file: File, use: (image: CanvasImageSource, width: number, height: number) => T): Promise<T> {
  const bitmap = await createImageBitmap(file).catch(() => undefined)
  if (bitmap !== undefined) return use(bitmap, bitmap.width, bitmap.height)
  // Drawings can only be read by an element.
  return withElement(file, 'img', async (image) => {
    await image.decode()
    if (image.naturalWidth === 0 || image.naturalHeight === 0) throw new Error('it has no size')
    return use(image, image.naturalWidth, image.naturalHeight)
  })
}

function draw(image: CanvasImageSource, width: number, height: number, config: IThumbnailConfig = {}): Picture {
  const box = fit(width, height, config)
  for (let part = 1; ; part /= 2) {
    const canvas = document.createElement('canvas')
    canvas.width = Math.max(1, box.thumbnailWidth * part)
    canvas.height = Math.max(1, box.thumbnailHeight * part)
    const pen = canvas.getContext('2d') as CanvasRenderingContext2D
    pen.fillStyle = '#fff' // JPEG knows no transparency
    pen.fillRect(0, 0, canvas.width, canvas.height)
    pen.drawImage(image, -box.left * part, -box.top * part, box.width * part, box.height * part)
    const thumbnail = jpeg(canvas, config.quality)
    if (thumbnail !== undefined) return { thumbnail, width: Math.ceil(box.width), height: Math.ceil(box.height) }
  }
}

/** jpeg is base64 of what canvas shows, in a quality in which it fits into a message; undefined when it fits in none. */
function jpeg(canvas: HTMLCanvasElement, quality = 1): string | undefined {
  for (let tenths = Math.round(quality * 10); tenths >= 0; tenths--) {
    const text = canvas.toDataURL('image/jpeg', tenths / 10)
    const base64 = text.slice(text.indexOf(',') + 1)
    if (base64.length <= MAX_THUMBNAIL) return base64
  }
  return undefined
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
  if (file.size > DECODED) return { duration: await withElement(file, 'audio', (audio) => measure(audio)) }
  try {
    const decoder = new OfflineAudioContext(1, 1, SAMPLE_RATE)
    const { duration, length, sampleRate, numberOfChannels } = await decoder.decodeAudioData(await file.arrayBuffer())
    return { duration, length, sampleRate, numberOfChannels }
  } catch (error) {
    throw unreadable(file, error)
  }
}

/** film is how long a video is, in seconds, with its first picture as a thumbnail. */
export function film(file: File): Promise<Picture & { duration: number }> {
  return withElement(file, 'video', async (video) => {
    video.muted = true
    video.playsInline = true
    const duration = await measure(video)
    video.currentTime = 0
    if (video.readyState < HTMLMediaElement.HAVE_CURRENT_DATA) await heard(video, 'loadeddata')
    if (video.videoWidth === 0) throw new Error('it has no picture')
    return { ...draw(video, video.videoWidth, video.videoHeight), duration }
  })
}

/** measure is how long a recording is. Recorders that stream do not say, so the end has to be looked for. */
async function measure(media: HTMLMediaElement): Promise<number> {
  media.preload = 'auto'
  if (media.readyState < HTMLMediaElement.HAVE_METADATA) await heard(media, 'loadedmetadata')
  if (Number.isFinite(media.duration)) return media.duration
  const found = heard(media, 'durationchange')
  media.currentTime = Number.MAX_SAFE_INTEGER
  await found
  return media.duration
}

/** withElement lets an element read file, for as long as use takes. */
async function withElement<K extends 'img' | 'audio' | 'video', T>(file: File, kind: K, use: (element: HTMLElementTagNameMap[K]) => Promise<T>): Promise<T> {
  const element = document.createElement(kind)
  const url = URL.createObjectURL(file)
  try {
    element.src = url
    return await Promise.race([use(element), late(), heard(element, 'error').then(() => Promise.reject(new Error('the browser cannot read it')))])
  } catch (error) {
    throw unreadable(file, error)
  } finally {
    element.removeAttribute('src')
    URL.revokeObjectURL(url)
  }
}

function heard(element: HTMLElement, event: string): Promise<unknown> {
  return new Promise((resolve) => element.addEventListener(event, resolve, { once: true }))
}

function late(): Promise<never> {
  return new Promise((_, reject) => setTimeout(() => reject(new Error('the browser takes too long to read it')), READING))
}

function unreadable(file: File, reason: unknown): Refused {
  return new Refused(ErrorCode.UPLOAD_FAIL, `msgBody.file ${file.name}: ${reason instanceof Error ? reason.message : String(reason)}`)
}
