/**
 * The request log, and the proof that nobody changed it.
 *
 * @module
 */
import { Button, Paper, Stack, Text } from '@mantine/core'
import { useMutation, useQuery } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import { useState } from 'react'
import { askVerify, requestsQuery } from '../api/queries.ts'
import { Answer } from '../parts/answer.tsx'
import { ChainNotice } from '../parts/chain-verdict.tsx'
import { FailureNotice } from '../parts/notice.tsx'
import { Page } from '../parts/page.tsx'
import { RequestTable } from '../parts/request-table.tsx'

const route = getRouteApi('/shell/groups/$group')
const pageSize = 50
const most = 950

export function RequestsScene() {
  const { group } = route.useParams()
  const [limit, setLimit] = useState(pageSize)
  const requests = useQuery(requestsQuery(group, limit))
  const verify = useMutation({ mutationFn: askVerify })
  return (
    <Page
      title="Request log"
      says="What was asked through the connectors of this group. Each row holds the digest of the one before, so a change shows."
      actions={
        <Button variant="light" loading={verify.isPending} onClick={() => verify.mutate()}>
          Verify the chain
        </Button>
      }
    >
      <Stack gap="md">
        {verify.isError && <FailureNotice error={verify.error} />}
        {verify.data !== undefined && <ChainNotice verdict={verify.data} of="of all groups" />}
        <Paper>
          <Answer of={requests}>
            {(rows) => (
              <>
                <RequestTable rows={rows} />
                {rows.length >= limit && limit < most && (
                  <Button variant="subtle" className="start" onClick={() => setLimit(limit + pageSize)}>
                    Show older requests
                  </Button>
                )}
                {rows.length > 0 && rows.length < limit && (
                  <Text size="xs" c="dimmed">
                    These are all {rows.length}.
                  </Text>
                )}
              </>
            )}
          </Answer>
        </Paper>
      </Stack>
    </Page>
  )
}
