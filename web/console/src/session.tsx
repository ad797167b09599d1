import { useQuery, useQueryClient } from '@tanstack/react-query';
import { type ReactNode, createContext, useContext } from 'react';

import { ApiError, type Schemas, api, dataOf, setCsrfToken } from './api.ts';

export type Session = Schemas['Session'];

const SessionContext = createContext<Session | undefined>(undefined);
export const sessionKey = ['session'];

/** Who is signed in; null for nobody. */
export function useSessionQuery() {
  return useQuery<Session | null>({
    queryKey: sessionKey,
    queryFn: async () => {
      try {
        const session = await dataOf(api.GET('/v2/access/console/session'));
        setCsrfToken(session.csrf_token);
        return session;
      } catch (problem) {
        if (problem instanceof ApiError && problem.status === 401) return null;
        throw problem;
      }
    },
    staleTime: 60_000,
  });
}

export function SessionProvider({ session, children }: { session: Session; children: ReactNode }) {
  return <SessionContext value={session}>{children}</SessionContext>;
}

/** The session of a page that is shown to signed-in people only, and what their role lets them do. */
export function useSession() {
  const session = useContext(SessionContext);
  if (!session) throw new Error('useSession: nobody is signed in');
  const { role } = session.admin;
  return { ...session, mayChange: role !== 'viewer', isOwner: role === 'owner' };
}

/** Takes over what an answer says about the session: it may have a new cookie, and then a new CSRF token. */
export function useNewSession() {
  const queries = useQueryClient();
  return (session: Session) => {
    setCsrfToken(session.csrf_token);
    queries.setQueryData(sessionKey, session);
  };
}

export function useSignOut() {
  const queries = useQueryClient();
  return async () => {
    await dataOf(api.DELETE('/v2/access/console/session')).catch(() => undefined);
    setCsrfToken('');
    queries.setQueryData(sessionKey, null);
    // Nobody who signs in next sees what this person saw. The session itself is watched, and stays.
    queries.removeQueries({ predicate: ({ queryKey }) => queryKey[0] !== sessionKey[0] });
  };
}
