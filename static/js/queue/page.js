// The parts of the queue's page that its script works with.

export const byId = (id) => document.getElementById(id);
export const desk = byId("desk");
export const form = byId("decision");
