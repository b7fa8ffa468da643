/**
 * Accounts for NACs, as a table.
 *
 * @module
 */
import { Text } from '@mantine/core'
import { Ending } from '../parts/ending.tsx'
import type { NacAccount } from '../api/nac-shapes.ts'
import type { Column } from '../parts/data-table.tsx'
import { StandingWord } from '../parts/standing-word.tsx'
import { visible } from '../text/directory-text.ts'
import { moment } from '../text/time.ts'

export const actionWords = { pin_lock: 'PIN lock', corporate_wipe: 'enterprise wipe', full_wipe: 'full wipe' } as const

export const accountColumns = (
  now: Date,
  nameOf: (group: string | undefined) => string,
): readonly Column<NacAccount>[] => [
  {
    title: 'Account',
    cell: ({ user, kind }) => (
      <>
        <strong>{visible(user)}</strong>
        <Text size="xs" c="dimmed">
          {kind === 'basic' ? 'with a secret of its own' : 'of the directory'}
        </Text>
      </>
    ),
  },
  {
    title: 'State',
    cell: (account) => {
      const isEnded = account.expiresAt !== undefined && new Date(account.expiresAt) <= now
      return (
        <StandingWord standing={account.disabled || isEnded ? 'off' : 'ok'}>
          {account.disabled ? 'disabled' : isEnded ? 'ended' : 'works'}
        </StandingWord>
      )
    },
  },
  {
    title: 'May',
    cell: ({ right, group, actions, messages }) => (
      <>
        {right === 'edit' ? 'read and edit' : 'read'}, {nameOf(group)}
        {right === 'edit' && (
          <Text size="xs" c="dimmed">
            {[...actions.map((action) => actionWords[action]), ...(messages ? ['messages'] : [])].join(', ') ||
              'no action yet'}
          </Text>
        )}
      </>
    ),
  },
  {
    title: 'From',
    cell: ({ sources, certificates }) => (
      <>
        {sources.length === 0 ? 'anywhere' : sources.join(', ')}
        {certificates.length > 0 && (
          <Text size="xs" c="dimmed">
            with a client certificate
          </Text>
        )}
      </>
    ),
  },
  {
    title: 'Ends',
    cell: ({ expiresAt, secrets }) => (
      <>
        <Ending at={expiresAt} now={now} />
        {secrets
          .filter(({ notAfter }) => notAfter !== undefined && new Date(notAfter) > now)
          .map(({ id, notAfter }) => (
            <Text key={id} size="xs" c="dimmed">
              the former secret works until {moment(notAfter ?? '')}
            </Text>
          ))}
      </>
    ),
  },
]
