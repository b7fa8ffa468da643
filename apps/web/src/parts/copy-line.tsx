/**
 * Something to take along exactly as it stands: a command, a code, a thumbprint.
 *
 * @module
 */
import { ActionIcon, Box, CopyButton, Group, Text, Tooltip } from '@mantine/core'
import { IconCheck, IconCopy } from '@tabler/icons-react'
import { Fragment, type ReactNode } from 'react'

export interface CopyLineProps {
  readonly title: string
  readonly value: string
  /** Shown in place of the value, where it is easier to read in another form. */
  readonly children?: ReactNode
}

export function CopyLine({ title, value, children }: CopyLineProps) {
  return (
    <Box>
      <Text size="sm" fw={600} mb={4}>
        {title}
      </Text>
      <Group wrap="nowrap" align="flex-start" gap="xs" className="copy-line">
        <div className="mono outside copy-value">{children ?? <Words of={value} />}</div>
        <CopyButton value={value}>
          {({ copied, copy }) => (
            <Tooltip label={copied ? 'Copied' : 'Copy'} withArrow>
              <ActionIcon
                variant="subtle"
                color="gray"
                onClick={copy}
                aria-label={`Copy: ${title}`}
                className="copy-button"
              >
                {copied ? <IconCheck size={18} aria-hidden /> : <IconCopy size={18} aria-hidden />}
              </ActionIcon>
            </Tooltip>
          )}
        </CopyButton>
      </Group>
    </Box>
  )
}

/** Longer ones are codes and addresses, which have to break somewhere. */
const longestWord = 24

/** A command with its options whole: a line would end behind the hyphens of one. */
function Words({ of }: { readonly of: string }) {
  return of.split(' ').map((word, at) => (
    <Fragment key={at}>
      {at > 0 && ' '}
      <span className={word.length <= longestWord ? 'one-line' : undefined}>{word}</span>
    </Fragment>
  ))
}
