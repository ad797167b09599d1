"""Requests made from the OpenAPI document: every field that is text, and a body around it."""

import copy

METHODS = ("get", "post", "put", "patch", "delete")


def types_of(schema):
    kind = schema.get("type", "object" if "properties" in schema else "")
    return kind if isinstance(kind, list) else [kind]


class Requests:
    """Reads the document. `known`: values by name, for ids and the like that must be real; one that can be
    called is called for each body."""

    def __init__(self, contract, known):
        self.contract = contract
        self.known = known

    def operations(self):
        """(method, path, operation) of everything under the API's base path."""
        for path, item in self.contract.document["paths"].items():
            for method in METHODS:
                if method in item:
                    yield method.upper(), path, item[method]

    def parameters(self, path, operation, place):
        shared = self.contract.document["paths"][path].get("parameters", [])
        all_of_it = map(self.contract.resolve, shared + operation.get("parameters", []))
        return [parameter["name"] for parameter in all_of_it if parameter["in"] == place]

    def body_schema(self, operation):
        if "requestBody" not in operation:
            return None
        content = self.contract.resolve(operation["requestBody"])["content"]
        # Forms of pages and what vendors send have tests of their own.
        json_body = content.get("application/json")
        return json_body and json_body.get("schema")

    def text_fields(self, schema, path=()):
        """Where in a body text stands: paths of names, with 0 for an item of a list."""
        schema = self.contract.resolve(schema)
        found = []
        for branch in [*schema.get("allOf", []), *schema.get("oneOf", []), *schema.get("anyOf", [])]:
            found += self.text_fields(branch, path)
        for name, inner in schema.get("properties", {}).items():
            found += self.text_fields(inner, (*path, name))
        if "array" in types_of(schema):
            found += self.text_fields(schema["items"], (*path, 0))
        if "string" in types_of(schema):
            found.append(path)
        return list(dict.fromkeys(found))

    def sample(self, schema, name=""):
        """The least that a schema asks for."""
        schema = self.contract.resolve(schema)
        if name in self.known:
            value = self.known[name]
            return value() if callable(value) else value
        merged = {}
        choices = schema.get("oneOf", [])[:1] + schema.get("anyOf", [])[:1]
        for branch in schema.get("allOf", []) + choices:
            made = self.sample(branch)
            if not isinstance(made, dict):
                return made
            merged |= made
        kind = types_of(schema)[0]
        if kind == "object" or merged or "required" in schema:
            properties = schema.get("properties", {})
            # Optional only for browsers, whose token names it.
            wanted = [*schema.get("required", []), *({"project_id"} & set(properties))]
            return merged | {key: self.sample(properties.get(key, {}), key) for key in wanted}
        if "enum" in schema or "const" in schema:
            return schema.get("const", schema.get("enum", [None])[0])
        return {"integer": schema.get("minimum", 1), "number": schema.get("minimum", 1),
                "boolean": True, "array": []}.get(kind, "x" * schema.get("minLength", 1))

    def body_with(self, schema, path, text):
        """A body that is as it should be, but for one text."""
        sample = self.sample(schema)
        body = copy.deepcopy(sample) if isinstance(sample, dict) else {}
        place = body
        for name, following in zip(path, [*path[1:], None]):
            if following is None:
                if isinstance(place, list):
                    place[:] = [text]
                else:
                    place[name] = text
                return body
            if isinstance(place, list):
                place[:] = [self.around(schema, path)]
                place = place[0]
            else:
                made = place.get(name)
                if not isinstance(made, (dict, list)) or (following == 0) != isinstance(made, list):
                    place[name] = [] if following == 0 else {}
                place = place[name]
        return body

    def around(self, schema, path):
        """The least object of a list, as one of whose fields a text stands."""
        for name in path[:path.index(0)]:
            schema = self.property_of(schema, name)
        return self.sample(self.contract.resolve(schema)["items"])

    def property_of(self, schema, name):
        schema = self.contract.resolve(schema)
        if name in schema.get("properties", {}):
            return self.contract.resolve(schema["properties"][name])
        for branch in schema.get("allOf", []) + schema.get("oneOf", []) + schema.get("anyOf", []):
            found = self.property_of(branch, name)
            if found is not None:
                return found
        return None
