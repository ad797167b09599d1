import type { Method, Policy, PublicProject } from './context';

/** The methods that a person may choose from now, and how far they are. */
export interface Position {
  choices: Method[];
  step: number;
  steps: number;
}

function methodsOf(policy: Policy): Method[] {
  return 'all' in policy ? policy.all : policy.any;
}

/** `remaining`: what the server says is missing; null before anything is done. */
export function positionOf(project: PublicProject, remaining: Method[] | null): Position {
  const enabled = new Set(project.methods.map((one) => one.method));
  const wanted = project.policy ? methodsOf(project.policy).filter((method) => enabled.has(method)) : [];
  const missing = remaining ?? wanted;
  if (!project.policy || 'any' in project.policy) {
    return { choices: missing, step: 1, steps: 1 };
  }
  const done = Math.max(0, wanted.length - missing.length);
  return {
    choices: missing.slice(0, 1),
    step: Math.min(done + 1, wanted.length),
    steps: wanted.length,
  };
}
