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

/** pushExtra is config as it is sent. */
export function pushExtra(config: IPushConfig): PushExtra {
  const { iOSConfig: ios = {}, androidConfig: android = {}, harmonyOSConfig: harmony = {} } = config
  const { googleConfig: google = {} } = android
  return {
    title: config.pushTitle,
    pushId: android.notificationId,
    templateId: config.templateId,
    pushConfigs: JSON.stringify([
      {
        HW: {
          channelId: android.channelIdHW ?? '',
          importance: android.importanceHW ?? 'NORMAL',
          image: android.imageUrlHW ?? '',
          category: android.categoryHW ?? '',
        },
      },
      { MI: { channelId: android.channelIdMi ?? '' } },
      { OPPO: { channelId: android.channelIdOPPO ?? '' } },
      { VIVO: { classification: android.typeVivo ?? '', category: android.categoryVivo ?? '' } },
      {
        APNS: {
          'thread-id': ios.threadId ?? '',
          'apns-collapse-id': ios.apnsCollapseId ?? '',
          category: ios.category ?? '',
          richMediaUri: ios.richMediaUri ?? '',
          'interruption-level': ios.interruptionLevel ?? 'active',
        },
      },
      { FCM: { collapse_key: google.collapseKey, imageUrl: google.imageUrl, priority: google.priority } },
      { HONOR: { importance: android.importanceHonor ?? 'NORMAL', image: android.imageUrlHonor ?? '' } },
      { OHOS: { category: harmony.category ?? null, image: harmony.image ?? '' } },
    ]),
  }
}

type Parts = Readonly<Record<string, Readonly<Record<string, string | undefined>>>>

/** pushConfig is what down says about notifying. */
export function pushConfig(down: DownMessage): IPushConfig {
  const { configFlag = 0, pushContent = '', pushData = '', pushExt = {} } = down
  const { HW = {}, MI = {}, OPPO = {}, VIVO = {}, APNS = {}, FCM, HONOR = {}, OHOS = {} } = partsOf(pushExt.pushConfigs)
  return {
    pushTitle: pushExt.title ?? '',
    pushContent,
    pushData,
    disablePushTitle: (configFlag & PushBits.untitled) !== 0,
    forceShowDetailContent: (configFlag & PushBits.detailed) !== 0,
    ...present({ templateId: pushExt.templateId }),
    iOSConfig: present({
      threadId: APNS['thread-id'],
      apnsCollapseId: APNS['apns-collapse-id'],
      category: APNS['category'],
      richMediaUri: APNS['richMediaUri'],
      interruptionLevel: APNS['interruption-level'],
    }),
    androidConfig: present({
      notificationId: pushExt.pushId ?? '',
      channelIdHW: HW['channelId'],
      importanceHW: HW['importance'],
      imageUrlHW: HW['image'],
      categoryHW: HW['category'],
      channelIdMi: MI['channelId'],
      channelIdOPPO: OPPO['channelId'],
      typeVivo: VIVO['classification'],
      categoryVivo: VIVO['category'],
      googleConfig: FCM && { collapseKey: FCM['collapse_key'] ?? '', imageUrl: FCM['imageUrl'] ?? '', priority: FCM['priority'] ?? '' },
      importanceHonor: HONOR['importance'],
      imageUrlHonor: HONOR['image'],
    }),
    harmonyOSConfig: present({ category: OHOS['category'], image: OHOS['image'] }),
  }
}

/** partsOf is the list in json as one object. */
function partsOf(json = '[]'): Parts {
  try {
    return Object.assign({}, ...(JSON.parse(json) as Parts[])) as Parts
  } catch {
    return {}
  }
}

/** present is object without what is undefined. */
function present(object: Record<string, unknown>): object {
  return Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined))
}
