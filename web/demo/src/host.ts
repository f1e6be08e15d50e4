/** Name is what somebody or something is called. Chinese is left out where it is the same. */
export interface Name {
  readonly id: string
  readonly name: string
  readonly zh?: string
}

/** Group is a group with the ids of its members. */
export interface Group extends Name {
  readonly members: readonly string[]
}

/** Directory is whom and what a user can find. */
export interface Directory {
  readonly people: readonly Name[]
  readonly groups: readonly Group[]
  readonly rooms: readonly Name[]
}

/** Grant lets a user connect. */
export interface Grant {
  readonly appKey: string
  readonly token: string
}

/**
 * Host is what the page asks of the app that it is part of: chat servers know
 * no names and give no tokens. What it throws is shown to the user.
 */
export interface Host {
  /** grant gives user a token. */
  grant(user: string): Promise<Grant>
  /** directory is what user can find; for an empty user, who may sign in. */
  directory(user: string): Promise<Directory>
  /** createGroup makes a group and returns its id. The first of members is who asks. Without it, the page makes no groups. */
  createGroup?(name: string, members: readonly string[]): Promise<string>
}

/** devHost is the host that "hongyan serve --dev" is at origin. */
export function devHost(origin: string): Host {
  const ask = async <T>(path: string, form?: readonly (readonly [string, string])[]): Promise<T> => {
    const body = form && new URLSearchParams(form.map(([name, value]) => [name, value]))
    const response = await fetch(origin + path, body ? { method: 'POST', body } : {})
    if (!response.ok) throw new Error(await response.text())
    return (await response.json()) as T
  }
  return {
    grant: (user) => ask('/demo/token', [['user', user]]),
    directory: (user) => ask(`/demo/directory?${new URLSearchParams({ user })}`),
    createGroup: async (name, members) => {
      const form = [['name', name] as const, ...members.map((member) => ['member', member] as const)]
      return (await ask<{ id: string }>('/demo/group', form)).id
    },
  }
}
