import type { InterruptionLevel, PushImportanceHonor } from './enums.ts'
import * as PushBits from './flags/push.ts'
import type { DownMessage, PushExtra } from './generated/wire.ts'

/** IPushConfig says how to notify devices that have no session. */
export interface IPushConfig {
  pushTitle: string
  /** Instead of the option of the same name. */
  pushContent: string
  /** Instead of the option of the same name. */
  pushData: string
  iOSConfig?: IiOSPushConfig
  androidConfig?: IAndroidPushConfig
  harmonyOSConfig?: IHarmonyOSPushConfig
  /** iOS: the notification has no title. */
  disablePushTitle?: boolean
  /** The notification shows the text whatever the device of the receiver is set to. */
  forceShowDetailContent?: boolean
  templateId?: string
}

export interface IiOSPushConfig {
  threadId?: string
  apnsCollapseId?: string
  category?: string
  richMediaUri?: string
  interruptionLevel?: InterruptionLevel
}

export interface IAndroidPushConfig {
  notificationId?: string
  channelIdMi?: string
  miLargeIconUrl?: string
  channelIdHW?: string
  categoryHW?: string
  importanceHW?: 'NORMAL' | 'LOW'
  imageUrlHW?: string
  channelIdOPPO?: string
  typeVivo?: string
  categoryVivo?: string
  googleConfig?: IGooglePushConfig
  importanceHonor?: PushImportanceHonor
  imageUrlHonor?: string
}

export interface IGooglePushConfig {
  collapseKey?: string
  imageUrl?: string
  priority?: 'high' | 'normal'
}

export interface IHarmonyOSPushConfig {
  /** An https URL. */
  image?: string
  category?: string
}

type Section = Record<string, unknown>

/**
 * Where the options of each maker's devices are on the wire: the name of its
 * part and of the option there, the section of IPushConfig and the option's name
 * in it, and what is sent in place of one that is absent.
 */
const places = [
  ['HW', 'channelId', 'android', 'channelIdHW', ''],
  ['HW', 'importance', 'android', 'importanceHW', 'NORMAL'],
  ['HW', 'image', 'android', 'imageUrlHW', ''],
  ['HW', 'category', 'android', 'categoryHW', ''],
  ['MI', 'channelId', 'android', 'channelIdMi', ''],
  ['OPPO', 'channelId', 'android', 'channelIdOPPO', ''],
  ['VIVO', 'classification', 'android', 'typeVivo', ''],
  ['VIVO', 'category', 'android', 'categoryVivo', ''],
  ['APNS', 'thread-id', 'ios', 'threadId', ''],
  ['APNS', 'apns-collapse-id', 'ios', 'apnsCollapseId', ''],
  ['APNS', 'category', 'ios', 'category', ''],
  ['APNS', 'richMediaUri', 'ios', 'richMediaUri', ''],
  ['APNS', 'interruption-level', 'ios', 'interruptionLevel', 'active'],
  ['FCM', 'collapse_key', 'google', 'collapseKey', undefined],
  ['FCM', 'imageUrl', 'google', 'imageUrl', undefined],
  ['FCM', 'priority', 'google', 'priority', undefined],
  ['HONOR', 'importance', 'android', 'importanceHonor', 'NORMAL'],
  ['HONOR', 'image', 'android', 'imageUrlHonor', ''],
  ['OHOS', 'category', 'harmony', 'category', null],
  ['OHOS', 'image', 'harmony', 'image', ''],
] as const

/** pushExtra is config as it is sent. */
export function pushExtra({ pushTitle, templateId, iOSConfig, androidConfig, harmonyOSConfig }: IPushConfig): PushExtra {
  const sections: Record<string, object | undefined> = {
    ios: iOSConfig,
    android: androidConfig,
    google: androidConfig?.googleConfig,
    harmony: harmonyOSConfig,
  }
  const parts: Record<string, Section> = {}
  for (const [part, name, section, option, absent] of places) {
    ;(parts[part] ??= {})[name] = (sections[section] as Section | undefined)?.[option] ?? absent
  }
  const pushConfigs = JSON.stringify(Object.entries(parts).map(([part, options]) => ({ [part]: options })))
  return { pushTitle, templateId, notificationId: androidConfig?.notificationId, pushConfigs }
}

/** pushConfig is what down says about notifying. */
export function pushConfig({ configFlag = 0, pushContent = '', pushData = '', pushExt = {} }: DownMessage): IPushConfig {
  const { pushTitle = '', notificationId = '', templateId } = pushExt
  const sections = { ios: {}, android: { notificationId }, google: { collapseKey: '', imageUrl: '', priority: '' }, harmony: {} }
  const parts = partsOf(pushExt.pushConfigs)
  for (const [part, name, section, option] of places) {
    const value = parts[part]?.[name]
    if (value !== undefined) (sections[section] as Section)[option] = value
  }
  return {
    pushTitle,
    pushContent,
    pushData,
    disablePushTitle: (configFlag & PushBits.untitled) !== 0,
    forceShowDetailContent: (configFlag & PushBits.detailed) !== 0,
    ...(templateId !== undefined && { templateId }),
    iOSConfig: sections.ios,
    androidConfig: { ...sections.android, ...(parts['FCM'] && { googleConfig: sections.google as IGooglePushConfig }) },
    harmonyOSConfig: sections.harmony,
  }
}

/** partsOf is the list in json as one object. */
function partsOf(json = '[]'): Readonly<Record<string, Section | undefined>> {
  try {
    return Object.assign({}, ...(JSON.parse(json) as Section[])) as Record<string, Section>
  } catch {
    return {}
  }
}
