import { MantineProvider } from '@mantine/core';
import { ModalsProvider } from '@mantine/modals';
import { Notifications } from '@mantine/notifications';
import { MutationCache, QueryCache, QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { Outlet, RouterProvider, createBrowserRouter } from 'react-router';

import { ApiError } from './api.ts';
import { Problem, Waiting } from './parts/notices.tsx';
import { routes } from './routes.tsx';
import { SessionProvider, sessionKey, useSessionQuery } from './session.tsx';
import { AwaitFactor, SignIn } from './pages/sign_in.tsx';
import { FactorPrompt } from './parts/factor_prompt.tsx';
import { theme } from './theme.ts';
import { WordsProvider } from './words.tsx';

/** A session that ended meanwhile brings the page for signing in, wherever that shows first. */
function onFailure(problem: unknown) {
  if (problem instanceof ApiError && problem.status === 401) queries.setQueryData(sessionKey, null);
}
const queries: QueryClient = new QueryClient({
  queryCache: new QueryCache({ onError: onFailure }),
  mutationCache: new MutationCache({ onError: onFailure }),
  defaultOptions: {
    queries: {
      staleTime: 5_000,
      // A refusal stays one; what the server couldn't do just now it may do in a moment.
      retry: (failures, problem) => failures < 2 && problem instanceof ApiError && [0, 503].includes(problem.status),
    },
  },
});

/** Providers that need the router above them, and the choice between signing in and the console. */
function Root() {
  return (
    <ModalsProvider modalProps={{ centered: true }}>
      <Notifications position="top-center" autoClose={3000} />
      <SignedIn />
    </ModalsProvider>
  );
}

function SignedIn() {
  const session = useSessionQuery();
  if (session.isPending) return <Waiting />;
  if (session.isError) return <Problem problem={session.error} retry={() => void session.refetch()} />;
  if (session.data === null) return <SignIn />;
  if (session.data.second_factor.is_awaited) return <AwaitFactor />;
  return (
    <SessionProvider session={session.data}>
      <Outlet />
      <FactorPrompt />
    </SessionProvider>
  );
}

const router = createBrowserRouter([{ element: <Root />, children: routes }], { basename: '/console' });

export function Console({ styleNonce }: { styleNonce: string }) {
  return (
    <MantineProvider theme={theme} defaultColorScheme="auto" getStyleNonce={() => styleNonce}>
      <WordsProvider>
        <QueryClientProvider client={queries}>
          <RouterProvider router={router} />
        </QueryClientProvider>
      </WordsProvider>
    </MantineProvider>
  );
}
