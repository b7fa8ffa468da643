/**
 * The mails a sync writes: somebody has to decide, or nothing works any more.
 *
 * To whom the notifications page of the group names. Nobody named, or no mail service: the
 * event is all there is.
 *
 * @module
 */
import type { DirectoryRun } from '@sallygate/store'
import { recipientsOf } from '../mail/notifications-page.ts'
import type { Post } from '../mail/post.ts'
import type { SettingsBook } from '../settings/settings-book.ts'
import { noCounts, type RunDetail } from './run-detail.ts'

export interface SyncMailParts {
  readonly post: () => Post
  readonly pages: Pick<SettingsBook, 'of'>
  readonly nameOf: (group: string) => Promise<string>
}

export class SyncMails {
  readonly #parts: SyncMailParts

  constructor(parts: SyncMailParts) {
    this.#parts = parts
  }

  /** One for a run, however often it is looked at. @throws OUTBOX_*, STORE_*. */
  async held(run: DirectoryRun, detail: RunDetail, reason: string): Promise<void> {
    const { post, pages, nameOf } = this.#parts
    const { added, changed, moved, disabled, enabled, removed } = detail.counts ?? noCounts
    await post().queue(run.group, {
      template: 'directory-safeguard',
      variables: {
        group: await nameOf(run.group),
        reason,
        added: String(added),
        changed: String(changed + moved + enabled),
        removed: String(removed + disabled),
        fix: 'Look at the run in the console. Release it once if this is meant; stop it if not.',
      },
      to: await recipientsOf(pages, run.group, 'directory'),
      key: `directory-safeguard ${run.id}`,
    })
  }

  /** Once when it becomes a habit. @throws as `held`. */
  async failing(run: DirectoryRun, detail: RunDetail, lastDoneAt: number | undefined): Promise<void> {
    const { post, pages, nameOf } = this.#parts
    const since =
      lastDoneAt === undefined ? 'never' : `${new Date(lastDoneAt).toISOString().slice(0, 16).replace('T', ' ')} UTC`
    await post().queue(run.group, {
      template: 'directory-sync-failed',
      variables: {
        group: await nameOf(run.group),
        reason: detail.failure?.says ?? '',
        since,
        fix: detail.failure?.fix ?? '',
      },
      to: await recipientsOf(pages, run.group, 'directory'),
      key: `directory-sync-failed ${run.id}`,
    })
  }
}
