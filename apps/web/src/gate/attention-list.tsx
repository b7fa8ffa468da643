/**
 * What needs somebody, as a list on the overview.
 *
 * @module
 */
import { Stack, Text } from '@mantine/core'
import type { Connector, Status } from '../api/shapes.ts'
import type { Service } from '../api/service-shapes.ts'
import { attention, type Matter } from './attention.ts'
import { Notice } from '../parts/notice.tsx'
import { LinkButton } from '../parts/link-button.tsx'
import { visible } from '../text/directory-text.ts'

interface AttentionProps {
  readonly group: string
  readonly status: Status
  readonly connectors: readonly Connector[]
  readonly services: readonly Service[]
  readonly isBelow: boolean
  readonly more: readonly Matter[]
}

export function Attention({ group, status, connectors, services, isBelow, more }: AttentionProps) {
  const matters = [...attention(status, connectors, services, isBelow), ...more].toSorted(
    (a, b) => Number(b.level === 'failed') - Number(a.level === 'failed'),
  )
  if (matters.length === 0) return <Notice about="ok" says="Nothing. Every part that is set up works." />
  return (
    <Stack gap="xs">
      {matters.map(({ key, level, about, says, fix, page }) => (
        <Notice key={key} about={level} says={about === undefined ? says : `${visible(about)}: ${says}`} fix={fix}>
          {page !== undefined && (
            <Text size="sm" mt={4}>
              {page === 'connect' && (
                <LinkButton to="/groups/$group/connect" params={{ group }} isSmall>
                  Connect your network
                </LinkButton>
              )}
              {page === 'connectors' && (
                <LinkButton to="/groups/$group/connectors" params={{ group }} isSmall>
                  Connectors
                </LinkButton>
              )}
              {page === 'directory' && (
                <LinkButton to="/groups/$group/directory" params={{ group }} isSmall>
                  Directory
                </LinkButton>
              )}
              {page === 'mail' && (
                <LinkButton to="/groups/$group/mail/service" params={{ group }} isSmall>
                  Mail
                </LinkButton>
              )}
              {page === 'syslog' && (
                <LinkButton to="/groups/$group/syslog/service" params={{ group }} isSmall>
                  Syslog
                </LinkButton>
              )}
              {page === 'nac' && (
                <LinkButton to="/nac" isSmall>
                  NAC
                </LinkButton>
              )}
              {page === 'sources' && (
                <LinkButton to="/groups/$group/sources" params={{ group }} isSmall>
                  Inventory sources
                </LinkButton>
              )}
              {page === 'relay' && (
                <LinkButton to="/relay" isSmall>
                  Relay
                </LinkButton>
              )}
            </Text>
          )}
        </Notice>
      ))}
    </Stack>
  )
}
