import { check, id, integer, listOf, object, oneOf, optional, type Rule, text } from '../arguments.ts'
import { ask } from '../ask.ts'
import type { Client } from '../client.ts'
import { call } from '../current.ts'
import { ConversationType, GroupMemberRole } from '../enums.ts'
import type { RCResult } from '../errors.ts'
import * as codes from '../generated/codes.ts'
import { MAX_ASKED_GROUPS, MAX_ASKED_USERS, MAX_MEMBERS_PAGE } from '../generated/limits.ts'
import {
  DirectoryAnswer,
  type DirectoryGroupInfo,
  DirectoryGroupInfos,
  DirectoryGroups,
  type DirectoryMember,
  DirectoryMembers,
  DirectoryRequest,
  Profile,
  type ProfileEntry,
  ProfileRequest,
  Profiles,
  ProfilesRequest,
} from '../generated/wire.ts'
import { decode, type Schema, type Sending } from '../wire/schema.ts'

/** IGroupInfo is what the user is told of a group. */
export interface IGroupInfo {
  groupId: string
  groupName: string
  portraitUri?: string
  membersCount?: number
  /** What the user is in it, and since when. */
  role?: GroupMemberRole
  joinedTime?: number
}

/** IGroupMemberInfo is what the user is told of a member of a group. */
export interface IGroupMemberInfo {
  userId: string
  name: string
  portraitUri: string
  role?: GroupMemberRole
  joinedTime?: number
}

/** IUserProfileInfo is what the user is told of a user. */
export interface IUserProfileInfo {
  userId?: string
  name?: string
  portraitUri?: string
}

/** IPagingQueryOption says which page is wanted. */
export interface IPagingQueryOption {
  /** 1 to 100. */
  count: number
  /** Where the page before this one ended. */
  pageToken?: string
  /** Whether what is older comes first. */
  order?: boolean
}
export type IGetGroupMembersOption = IPagingQueryOption

/** IPagingQueryResult is a page. */
export interface IPagingQueryResult<T> {
  /** Where the next page begins; empty after the last one. */
  pageToken: string
  totalCount?: number
  data: T[]
}

const groupId: Rule = {
  holds: (value) => id.holds(value) && /^[\w+=\-|:]*$/.test(value as string),
  en: `${id.en}: letters, digits and + = - _ | :`,
  zh: `${id.zh}，由字母、数字和 + = - _ | : 组成`,
}

/** directory is an answer, and what its result says. */
async function directory<Q, T>(
  client: Client,
  topic: string,
  target: string,
  request: Schema<Q>,
  asked: Sending<Q>,
  result: Schema<{ list: T[] }>,
): Promise<{ list: T[]; pageToken: string; total: number | undefined }> {
  const { result: bytes, page } = await client.query(topic, target, request, asked, DirectoryAnswer)
  return { list: bytes ? decode(result, bytes).list : [], pageToken: page?.pageToken ?? '', total: page?.total }
}

function fields(entries: readonly ProfileEntry[]): Record<string, string> {
  return Object.fromEntries(entries.map(({ key, value }) => [key, value]))
}

function groupOf({ targetId: groupId = '', profile, baseInfo, userInfo }: DirectoryGroupInfo): IGroupInfo {
  const { name: groupName = '', portraitUrl: portraitUri = '' } = fields(profile)
  const { role = GroupMemberRole.UNDEF, joinTime: joinedTime = 0 } = userInfo ?? {}
  return { groupId, groupName, portraitUri, membersCount: baseInfo?.memberCount ?? 0, role, joinedTime }
}

function memberOf({ userId = '', name = '', portraitUrl: portraitUri = '', ext }: DirectoryMember): IGroupMemberInfo {
  return { userId, name, portraitUri, role: ext?.role ?? GroupMemberRole.UNDEF, joinedTime: ext?.joinTime ?? 0 }
}

function checkGroup(group: string): void {
  check('groupId', group, groupId, codes.INVALID_PARAMETER_GROUP_ID)
}

function checkGroups(groups: string[]): void {
  check('groupIds', groups, listOf(groupId, 1, MAX_ASKED_GROUPS), codes.INVALID_PARAMETER_GROUP_IDS)
}

function checkPage(role: GroupMemberRole, page: IPagingQueryOption): void {
  check('role', role, oneOf(GroupMemberRole), codes.INVALID_PARAMETER_GROUP_MEMBER_ROLE)
  check('option', page, object, codes.INVALID_PARAMETER_PAGING_QUERY_OPTION)
  check('count', page.count, integer(1, MAX_MEMBERS_PAGE), codes.INVALID_PARAMETER_COUNT)
  check('pageToken', page.pageToken, optional(text), codes.INVALID_PARAMETER_PAGING_QUERY_OPTION)
}

/** getGroupsInfo resolves with those of 1 to 20 groups that the user is in. */
export function getGroupsInfo(groupIds: string[]): Promise<RCResult<IGroupInfo[]>> {
  return call(async (client) => {
    checkGroups(groupIds)
    const asked = { type: ConversationType.GROUP, list: groupIds.map((targetId) => ({ targetId })) }
    const { list } = await directory(client, 'qChannelInfo', groupIds[0] as string, DirectoryGroups, asked, DirectoryGroupInfos)
    return list.map(groupOf)
  })
}

/** getJoinedGroups is getGroupsInfo. */
export function getJoinedGroups(groupIds: string[]): Promise<RCResult<IGroupInfo[]>> {
  return call(async (client) => {
    checkGroups(groupIds)
    const asked = { type: ConversationType.GROUP, ids: groupIds }
    const { list } = await directory(client, 'qChannelMemSpeJoin', client.userId, DirectoryRequest, asked, DirectoryGroupInfos)
    return list.map(groupOf)
  })
}

/** getJoinedGroupsByRole resolves with a page of the groups in which the user has a role; 0 is any. */
export function getJoinedGroupsByRole(option: IPagingQueryOption, role: GroupMemberRole): Promise<RCResult<IPagingQueryResult<IGroupInfo>>> {
  return call(async (client) => {
    checkPage(role, option)
    const page = { size: option.count, pageToken: option.pageToken ?? '', order: option.order ? 1 : 0 }
    const { list, ...rest } = await directory(client, 'qChannelMemJoin', client.userId, DirectoryRequest, { role, page }, DirectoryGroupInfos)
    return paged(list.map(groupOf), rest)
  })
}

/** getGroupMembers resolves with those of 1 to 100 users who are in a group. */
export function getGroupMembers(group: string, userIds: string[]): Promise<RCResult<IGroupMemberInfo[]>> {
  return call(async (client) => {
    checkGroup(group)
    check('userIds', userIds, listOf(id, 1, MAX_ASKED_USERS), codes.INVALID_PARAMETER_USERIDLIST)
    const { list } = await directory(client, 'qChannelSpeMem', group, DirectoryRequest, { targetId: group, ids: userIds }, DirectoryMembers)
    return list.map(memberOf)
  })
}

/** getGroupMembersByRole resolves with a page of the members of a group who have a role; 0 is any. */
export function getGroupMembersByRole(
  group: string,
  role: GroupMemberRole,
  option: IGetGroupMembersOption,
): Promise<RCResult<IPagingQueryResult<IGroupMemberInfo>>> {
  return call(async (client) => {
    checkGroup(group)
    checkPage(role, option)
    const page = { size: option.count, pageToken: option.pageToken, order: option.order ? 0 : 1 }
    const { list, ...rest } = await directory(client, 'qChannelMem', group, DirectoryRequest, { targetId: group, role, page }, DirectoryMembers)
    return paged(list.map(memberOf), rest)
  })
}

function paged<T>(data: T[], { pageToken, total }: { pageToken: string; total: number | undefined }): IPagingQueryResult<T> {
  return { data, pageToken, ...(total !== undefined && { totalCount: total }) }
}

function profileOf({ userId = '', userProfile }: Profile): IUserProfileInfo {
  return { userId, ...fields(userProfile) }
}

/** getUserProfiles resolves with what is known of up to 100 users. */
export function getUserProfiles(userIds: string[]): Promise<RCResult<IUserProfileInfo[]>> {
  return call(async (client) => {
    check('userIds', userIds, listOf(id, 0, MAX_ASKED_USERS), codes.INVALID_PARAMETER_USERIDLIST)
    return (await ask(client, 'pullUserProfile', ProfilesRequest, { userId: userIds }, Profiles)).list.map(profileOf)
  })
}

/** getMyUserProfile resolves with what is known of the user. */
export function getMyUserProfile(): Promise<RCResult<IUserProfileInfo>> {
  return call(async (client) => profileOf(await ask(client, 'pullOwnProfile', ProfileRequest, { nothing: 1 }, Profile)))
}
