import { check, id, integer, listOf, object, oneOf, optional, type Rule, spelled, text } from '../arguments.ts'
import { ask } from '../ask.ts'
import type { Client } from '../client.ts'
import { call } from '../current.ts'
import { GroupMemberRole } from '../enums.ts'
import type { RCResult } from '../errors.ts'
import * as codes from '../generated/codes.ts'
import { MAX_ASKED_GROUPS, MAX_ASKED_USERS, MAX_MEMBERS_PAGE } from '../generated/limits.ts'
import {
  DirectoryAnswer,
  type DirectoryGroupInfo,
  DirectoryGroupInfos,
  type DirectoryMember,
  DirectoryMembers,
  DirectoryRequest,
  type ProfileEntry,
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

const groupId: Rule = spelled(id, '_=+|:-')

function checkGroup(group: string): void {
  check('groupId', group, groupId, codes.INVALID_PARAMETER_GROUP_ID)
}

/** paged asks for a page of those who have a role. */
function paged(role: GroupMemberRole, option: IPagingQueryOption): Sending<DirectoryRequest> {
  check('role', role, oneOf(GroupMemberRole), codes.INVALID_PARAMETER_GROUP_MEMBER_ROLE)
  check('option', option, object, codes.INVALID_PARAMETER_PAGING_QUERY_OPTION)
  const { count, pageToken, order } = option
  check('count', count, integer(1, MAX_MEMBERS_PAGE), codes.INVALID_PARAMETER_COUNT)
  check('pageToken', pageToken, optional(text), codes.INVALID_PARAMETER_PAGING_QUERY_OPTION)
  return { role, page: { count, pageToken: pageToken ?? '', order: order ? 1 : 0 } }
}

/** directory resolves with what is answered about groups or members, each made what the application gets by as. */
async function directory<D, T>(
  client: Client,
  topic: string,
  target: string,
  asked: Sending<DirectoryRequest>,
  schema: Schema<{ list: D[] }>,
  as: (found: D) => T,
): Promise<IPagingQueryResult<T>> {
  const { result, page } = await client.query(topic, target, DirectoryRequest, asked, DirectoryAnswer)
  const { pageToken = '', totalCount = 0 } = page ?? {}
  return { data: decode(schema, result as Uint8Array).list.map(as), pageToken, totalCount }
}

function groups(client: Client, topic: string, asked: Sending<DirectoryRequest>): Promise<IPagingQueryResult<IGroupInfo>> {
  return directory(client, topic, client.userId, asked, DirectoryGroupInfos, groupOf)
}

function members(client: Client, topic: string, group: string, asked: Sending<DirectoryRequest>): Promise<IPagingQueryResult<IGroupMemberInfo>> {
  return directory(client, topic, group, { targetId: group, ...asked }, DirectoryMembers, memberOf)
}

function fields(entries: readonly ProfileEntry[]): Record<string, string> {
  return Object.fromEntries(entries.map(({ key, value }) => [key, value]))
}

function groupOf({ groupId, profile, baseInfo, userInfo }: DirectoryGroupInfo): IGroupInfo {
  const { name: groupName = '', portraitUrl: portraitUri = '' } = fields(profile)
  return { groupId, groupName, portraitUri, ...baseInfo, ...userInfo } as IGroupInfo
}

function memberOf({ ext, ...member }: DirectoryMember): IGroupMemberInfo {
  return { ...member, ...ext } as IGroupMemberInfo
}

/** getGroupsInfo resolves with those of 1 to 20 groups that the user is in. */
export function getGroupsInfo(groupIds: string[]): Promise<RCResult<IGroupInfo[]>> {
  return call(async (client) => {
    check('groupIds', groupIds, listOf(groupId, 1, MAX_ASKED_GROUPS), codes.INVALID_PARAMETER_GROUP_IDS)
    return (await groups(client, 'qChannelMemSpeJoin', { ids: groupIds })).data
  })
}

/** getJoinedGroups is getGroupsInfo. */
export function getJoinedGroups(groupIds: string[]): Promise<RCResult<IGroupInfo[]>> {
  return getGroupsInfo(groupIds)
}

/** getJoinedGroupsByRole resolves with a page of the groups in which the user has a role; 0 is any. */
export function getJoinedGroupsByRole(option: IPagingQueryOption, role: GroupMemberRole): Promise<RCResult<IPagingQueryResult<IGroupInfo>>> {
  return call((client) => groups(client, 'qChannelMemJoin', paged(role, option)))
}

/** getGroupMembers resolves with those of 1 to 100 users who are in a group. */
export function getGroupMembers(group: string, userIds: string[]): Promise<RCResult<IGroupMemberInfo[]>> {
  return call(async (client) => {
    checkGroup(group)
    checkUsers(userIds, 1)
    return (await members(client, 'qChannelSpeMem', group, { ids: userIds })).data
  })
}

/** getGroupMembersByRole resolves with a page of the members of a group who have a role; 0 is any. */
export function getGroupMembersByRole(
  group: string,
  role: GroupMemberRole,
  option: IGetGroupMembersOption,
): Promise<RCResult<IPagingQueryResult<IGroupMemberInfo>>> {
  return call((client) => {
    checkGroup(group)
    return members(client, 'qChannelMem', group, paged(role, option))
  })
}

function checkUsers(userIds: string[], least: number): void {
  check('userIds', userIds, listOf(id, least, MAX_ASKED_USERS), codes.INVALID_PARAMETER_USERIDLIST)
}

async function profiles(client: Client, userIds: string[]): Promise<IUserProfileInfo[]> {
  const { list } = await ask(client, 'pullUserProfile', ProfilesRequest, { userIds }, Profiles)
  return list.map(({ userId = '', userProfile }) => ({ userId, ...fields(userProfile) }))
}

/** getUserProfiles resolves with what is known of up to 100 users. */
export function getUserProfiles(userIds: string[]): Promise<RCResult<IUserProfileInfo[]>> {
  return call((client) => {
    checkUsers(userIds, 0)
    return profiles(client, userIds)
  })
}

/** getMyUserProfile resolves with what is known of the user. */
export function getMyUserProfile(): Promise<RCResult<IUserProfileInfo>> {
  return call(async (client) => (await profiles(client, [client.userId]))[0] as IUserProfileInfo)
}
