/**
 * What is synchronized of directories, and the runs that do it.
 *
 * @module
 */
type Bytes = Uint8Array

export interface DirectoryTables {
  directoryScopes: { groupId: string; scope: number; state: string }
  directoryRuns: {
    run: number
    id: string
    groupId: string
    scope: number
    number: number
    state: string
    detail: string
    startedAt: number
    endedAt: number | null
  }
  directoryObjects: {
    number: number
    scope: number
    kind: string
    id: string
    name: string
    nameKey: string
    login: string | null
    loginKey: string | null
    mail: string | null
    dn: string
    key: string
    sid: string | null
    primarySid: string | null
    flags: number
    expiresAt: number | null
    digest: Bytes
    membersDigest: Bytes | null
    content: number
    syncedAt: number
  }
  directoryContents: { content: number; fields: string }
  directoryMembers: { parent: number; child: number }
  directoryLooseMembers: { parent: number; ref: string; scope: number }
  /** Words by which those in force are found, besides the beginnings of name and login. */
  directoryWords: { scope: number; kind: string; word: string; number: number }
  directoryStaged: {
    run: number
    kind: string
    id: string
    number: number
    attempt: number
    change: string
    name: string
    nameKey: string
    login: string | null
    loginKey: string | null
    mail: string | null
    dn: string
    key: string
    sid: string | null
    primarySid: string | null
    flags: number
    expiresAt: number | null
    digest: Bytes | null
    membersDigest: Bytes | null
    content: number | null
    detail: string | null
  }
  directoryFirst: {
    run: number
    number: number
    kind: string
    id: string
    change: string
    name: string
    dn: string
    detail: string | null
  }
  directoryStagedMembers: {
    run: number
    number: number
    part: number
    attempt: number
    digest: Bytes
    count: number
    refs: string
  }
}
