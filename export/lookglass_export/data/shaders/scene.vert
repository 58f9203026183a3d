#version 330
// One vertex program for people (perspective) and product pictures (drawn at their warped 2-D place).
in vec3 position;
in vec3 normal;
in vec2 product;
in vec4 place;   // canonical x, y, z and arm coordinate
in vec4 traits;  // side (left arm +1, right arm -1), leg coordinate, across the arm (m), parse label
uniform mat4 view;
uniform bool flat_lay;
out vec3 world;
out vec3 facing;
out vec2 in_product;
out vec4 at;
out vec3 limb;
flat out float label_of_body;

void main() {
    gl_Position = flat_lay ? vec4(product.x, -product.y, position.y * 0.5, 1.0) : view * vec4(position, 1.0);
    world = position;
    facing = normal;
    in_product = product;
    at = place;
    limb = traits.xyz;
    label_of_body = traits.w;
}
